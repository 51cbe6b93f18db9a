// The program. Its input is the facts (external variables, see facts.py). Its output is the dashboards by UID.
//
// The extension of the project is added last, so its definitions replace those of the library everywhere.
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
