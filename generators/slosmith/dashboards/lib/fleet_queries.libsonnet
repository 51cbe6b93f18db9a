// PromQL of the fleet dashboard. The info series has the labels of the filters. All other series are joined to it.
{
  // The selected SLOs. "All" (.*) also matches an SLO that does not have the label.
  chosen::
    local labels = $.names.labels;
    $.names.metrics.info + '{' + std.join(', ', [
      labels[choice.label] + '=~"$' + choice.name + '"'
      for choice in $.fleetChoices
    ]) + '}',

  ofChosen(expr):: expr + ' and on (' + $.names.identity + ') ' + $.chosen,

  // One value for each SLO: the value of its worst group.
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

  // The rest of the rolling budget or of the calendar period's budget, whichever is lower.
  worstBudget::
    'min by (' + $.names.identity + ') (' + $.names.metrics.periodRemaining + ' or ' + $.names.metrics.calendarRemaining + ')',

  // The calendar period of an SLO so far: 1 is met, 0 is missed.
  calendarBit::
    'max by (' + $.names.identity + ') (' + $.names.metrics.calendarRatio + ')'
    + ' <= bool on (' + $.names.identity + ') max by (' + $.names.identity + ') (' + $.names.metrics.budget + ')',

  // The number of selected SLOs with `condition`. It always has a value.
  countOf(condition):: 'count(' + $.chosen + ' and on (' + $.names.identity + ') (' + condition + ')) or vector(0)',

  countBy(label, condition)::
    'count by (' + label + ') (' + $.chosen + ' and on (' + $.names.identity + ') (' + condition + '))'
    + ' or 0 * count by (' + label + ') (' + $.chosen + ')',

  worstBy(label)::
    'min by (' + label + ') (' + $.chosen + ' * on (' + $.names.identity + ') group_left () ' + $.worstBudget + ')',

  firingAlerts(by, firing=$.names.metrics.alerts + '{' + $.names.labels.alertState + '="firing"}')::
    'count' + by + '(' + firing + ' and on ('
    + $.names.identity + ') ' + $.chosen + ')',

  // The alerts that fired at any time of each step of a chart.
  firedAlerts(by)::
    $.firingAlerts(by, 'max_over_time(' + $.names.metrics.alerts + '{' + $.names.labels.alertState + '="firing"}[$__interval])'),

  // Labels of the info series without the identity labels: keys in names.labels.
  fleetLabels:: ['indicator', 'site', 'class', 'team'],

  // The rows of the table, with the UID of each service's dashboard. The UID is usually made from the name. For names
  // that were shortened, the facts have the UID.
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
