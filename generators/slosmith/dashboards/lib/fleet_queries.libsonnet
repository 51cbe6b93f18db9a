// PromQL of the fleet dashboard. The info series carries what people filter by; everything else is joined to it.
{
  // The SLOs that are chosen above. A label that an SLO does not have matches "All" (.*) too.
  chosen::
    local labels = $.names.labels;
    $.names.metrics.info + '{' + std.join(', ', [
      labels[choice.label] + '=~"$' + choice.name + '"'
      for choice in $.fleetChoices
    ]) + '}',

  ofChosen(expr):: expr + ' and on (' + $.names.identity + ') ' + $.chosen,

  // One value an SLO: of its groups the one that is worst.
  fleetHighest(metric):: $.ofChosen('max by (' + $.names.identity + ') (' + metric + ')'),
  fleetLowest(metric):: $.ofChosen('min by (' + $.names.identity + ') (' + metric + ')'),

  fleetAttainment::
    local metrics = $.names.metrics;
    '1 - ('
    + $.ofChosen(
      'max by (' + $.names.identity + ') (' + metrics.periodBurnRate + ')'
      + ' * on (' + $.names.identity + ') max by (' + $.names.identity + ') (' + metrics.budget + ')'
    ) + ')',

  fleetCalendarAttainment:: '1 - (' + $.fleetHighest($.names.metrics.calendarRatio) + ')',

  // The lower of what is left of the rolling budget and of the calendar period's.
  worstBudget::
    'min by (' + $.names.identity + ') (' + $.names.metrics.periodRemaining + ' or ' + $.names.metrics.calendarRemaining + ')',

  // An SLO's calendar period so far, one bit: 1 met, 0 missed.
  calendarBit::
    'max by (' + $.names.identity + ') (' + $.names.metrics.calendarRatio + ')'
    + ' <= bool on (' + $.names.identity + ') max by (' + $.names.identity + ') (' + $.names.metrics.budget + ')',

  // How many of the chosen SLOs are in `condition`: never without a value.
  countOf(condition):: 'count(' + $.chosen + ' and on (' + $.names.identity + ') (' + condition + ')) or vector(0)',

  countBy(label, condition)::
    'count by (' + label + ') (' + $.chosen + ' and on (' + $.names.identity + ') (' + condition + '))'
    + ' or 0 * count by (' + label + ') (' + $.chosen + ')',

  worstBy(label)::
    'min by (' + label + ') (' + $.chosen + ' * on (' + $.names.identity + ') group_left () ' + $.worstBudget + ')',

  firingAlerts(by)::
    'count' + by + '(' + $.names.metrics.alerts + '{' + $.names.labels.alertState + '="firing"} and on ('
    + $.names.identity + ') ' + $.chosen + ')',

  // What the info series says of an SLO besides its identity: keys in names.labels.
  fleetLabels:: ['indicator', 'site', 'class', 'team'],

  // The rows of the table, with the UID of each service's dashboard. It is made of the name where it can be; the few
  // names that had to be shortened bring theirs.
  fleetRows(named_otherwise)::
    local labels = $.names.labels;
    local columns = [labels[name] for name in ['id', 'service', 'slo'] + $.fleetLabels];
    local replace(expr, uid, pattern) =
      'label_replace(' + expr + ', "' + labels.uid + '", "' + uid + '", "' + labels.service + '", "' + pattern + '")';
    std.foldl(
      function(expr, each) replace(expr, each.uid, each.pattern),
      named_otherwise,
      replace('max by (' + std.join(', ', columns) + ') (' + $.chosen + ')', $.names.uidPrefix + '$1', '(.+)'),
    ),
}
