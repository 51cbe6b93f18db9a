"""The text of the manifest of the Puppet class that installs rule files."""

from __future__ import annotations

import re
from typing import Literal

from slosmith.vocabulary.provenance import Source, header

_READERS = {"thanos": "a Thanos ruler", "prometheus": "a Prometheus server"}
_SUFFIXES = {"thanos": "yaml", "prometheus": "yml"}

# Puppet uses braces, so placeholders are written <<name>>
_CLASS = """\
# <<header>>
#
# @summary Installs the rule files of SLOs where <<reader>> reads them
#
# Default values are in this module's Hiera data. The site's own Hiera data override them.
# To reload the ruler after a change:
#
#     Class['<<module>>'] ~> Exec['reload of the ruler']
#
# @param directory
#   The folder that <<reader>> reads. It must exist, unless `purge` is true
# @param files
#   Names of the rule files in this module's folder files/
# @param ensure
#   `absent` removes the files
# @param purge
#   true: this module owns the folder. It creates the folder, and it removes every other file in it
# @param validate_cmd
#   Command that checks each new file before it replaces the old one. % is the path of the new file
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
