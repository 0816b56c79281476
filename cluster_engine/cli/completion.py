"""`cluster-engine completion`."""

from __future__ import annotations

import click

from cluster_engine.cli.options import quiet_option

VARIABLE = "_CLUSTER_ENGINE_COMPLETE"
"""Environment variable by which a shell asks for completions; the name is click's."""

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@quiet_option
def completion(shell: str, quiet: bool) -> None:
    """Print what makes SHELL complete commands, options, and names of regions, markets and firms.

    docs/projects.md says where to put it for good.

    \b
    Examples:
      cluster-engine completion bash > cluster-engine.bash
      cluster-engine completion zsh > _cluster-engine
      cluster-engine completion fish > ~/.config/fish/completions/cluster-engine.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"This version of click does not know {shell}.")
    # Not `source()`: it starts a bash to look at its version. The script itself needs bash 4.4.
    made = kind(click.Group(), {}, "cluster-engine", VARIABLE)
    click.echo(made.source_template % made.source_vars())
