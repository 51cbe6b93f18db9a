// The program: facts in (external variables, see facts.py), dashboards out, keyed by UID.
//
// The extension comes last, so whatever a project redefines there wins, also where the library uses it itself.
local library = (import 'slosmith.libsonnet')
                + { names:: std.extVar('names'), settings:: std.extVar('settings') }
                + (if std.extVar('settings').joinsPairs then import 'joined_pairs.libsonnet' else {})
                + (if std.extVar('settings').plainInfo then import 'plain_info.libsonnet' else {})
                + (if std.extVar('settings').oneBudget then import 'one_budget.libsonnet' else {})
                + (import 'extension.libsonnet');

local fleet = std.extVar('fleet');

{
  [service.uid]: library.serviceDashboard(service)
  for service in std.extVar('services')
} + (
  if fleet == null then {} else { [library.settings.fleet.uid]: library.fleetDashboard(fleet) }
)
