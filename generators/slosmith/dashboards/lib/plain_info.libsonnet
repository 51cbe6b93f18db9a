// Changes for schemes whose info series has no class, team, site and indicator: the fleet has no filters for them.
{
  fleetLabels:: [],
  fleetChoices:: [{ name: 'service', title: 'Service', label: 'service' }],
  fleetColumns:: [{ label: $.names.labels.slo, name: 'SLO' }],
  fleetSummaries(fleet):: [$.fleetSummary(fleet, 'By service', $.names.labels.service, 'Service', 24, 8)],

  fleetTable(fleet, w, h):: super.fleetTable(fleet, w, h) { description: 'Click a service to open its dashboard.' },
}
