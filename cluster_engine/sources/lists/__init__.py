"""Lists of firms, in the formats an agency has, read into firm records."""

from __future__ import annotations
