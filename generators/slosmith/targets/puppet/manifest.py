"""The Puppet class that puts rule files in their place, as the text of its manifest."""

from __future__ import annotations

import re
from typing import Literal

from slosmith.vocabulary.provenance import Source, header

_READERS = {"thanos": "a Thanos ruler", "prometheus": "a Prometheus server"}
_SUFFIXES = {"thanos": "yaml", "prometheus": "yml"}

# braces are Puppet's: the places to fill are written <<so>>
_CLASS = """\
# <<header>>
#
# @summary The rule files of SLOs, where <<reader>> reads them
#
# Values come from this module's Hiera data; a site's own Hiera data go before them. Whoever has to reload asks for it:
#
#     Class['<<module>>'] ~> Exec['reload of the ruler']
#
# @param directory
#   The folder that <<reader>> reads; it has to exist, unless it is purged
# @param files
#   Names of the rule files, which stand in this module's folder files/
# @param ensure
#   absent removes the files
# @param purge
#   Whether the folder is this module's alone: then it is managed too, and whatever else is in it is removed
# @param validate_cmd
#   Run on each file before it replaces the former one; % stands for the file
# @param owner
#   Owner of the files
# @param group
#   Group of the files
class <<module>> (
    Pattern[/\\A\\/.*[^\\/]\\z/]                          $directory,
    Array[Pattern[/\\A[A-Za-z0-9_][^\\/\\s]*\\.<<suffix>>\\z/]] $files,
    Enum['present', 'absent']                          $ensure       = 'present',
    Boolean                                            $purge        = false,
    Optional[Pattern[/%/]]                             $validate_cmd = undef,
    String[1]                                          $owner        = 'root',
    String[1]                                          $group        = 'root',
) {
    $ensure_file = $ensure ? {
        'present' => 'file',
        default   => 'absent',
    }

    if $purge and $ensure == 'present' {
        file { $directory:
            ensure  => 'directory',
            owner   => $owner,
            group   => $group,
            mode    => '0755',
            recurse => true,
            purge   => true,
        }
    }

    $files.each |String $file| {
        file { "${directory}/${file}":
            ensure       => $ensure_file,
            owner        => $owner,
            group        => $group,
            mode         => '0444',
            source       => "puppet:///modules/<<module>>/${file}",
            validate_cmd => $validate_cmd,
        }
    }
}
"""


def class_text(module: str, source: Source, evaluator: Literal["thanos", "prometheus"]) -> str:
    """The manifest of class ``module``. ``source`` is named in its header."""
    filled = {
        "header": header(source),
        "module": module,
        "reader": _READERS[evaluator],
        "suffix": _SUFFIXES[evaluator],
    }
    return re.sub("<<([a-z]+)>>", lambda place: filled[place[1]], _CLASS)
