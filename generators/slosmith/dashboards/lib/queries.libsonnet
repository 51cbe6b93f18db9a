// PromQL of a service's dashboard. `section` is a section of facts.py: SLOs that differ in their site only.
//
// Like the rules, aggregations keep only the identity labels and group labels. After a change of a user label, the old
// and the new series exist together for some minutes. A chart must not show two SLOs then.
{
  select(metric, section, more=''):: metric + '{' + section.selector + (if more == '' then '' else ', ' + more) + '}',

  // One series for each SLO (and group): the worst, if there are several.
  highest(metric, section, more=''):: 'max by (' + section.by + ') (' + $.select(metric, section, more) + ')',
  lowest(metric, section, more=''):: 'min by (' + section.by + ') (' + $.select(metric, section, more) + ')',

  // The highest value in each step of a chart: a spike is not lost between two points.
  peak(metric, section)::
    'max by (' + section.by + ') (max_over_time(' + $.select(metric, section) + '[$__interval]))',

  // Metadata has one series for each SLO, not one for each group.
  perSlo(metric, section):: 'max by (' + $.names.identity + ') (' + $.select(metric, section) + ')',

  objectiveQuery(section):: 'max(' + $.select($.names.metrics.objective, section) + ')',
  aspirationalQuery(section):: 'max(' + $.select($.names.metrics.aspirational, section) + ')',

  attainmentQuery(section):: '1 - ' + $.highest(section.rolling.metric, section),
  calendarAttainmentQuery(section):: '1 - ' + $.highest($.names.metrics.calendarRatio, section, section.calendar.matcher),

  budgetLeftQuery(section):: $.lowest($.names.metrics.periodRemaining, section),
  calendarLeftQuery(section):: $.lowest($.names.metrics.calendarRemaining, section, section.calendar.matcher),
  calendarSpentQuery(section):: $.highest($.names.metrics.calendarSpent, section, section.calendar.matcher),

  // The elapsed share of the current calendar period.
  elapsedQuery(section)::
    local start = 'max(' + section.calendar.start + ')';
    '(time() - ' + start + ') / (max(' + section.calendar.end + ') - ' + start + ')',

  burnRateQuery(section):: $.highest($.names.metrics.currentBurnRate, section),
  windowBurnRateQuery(section, metric)::
    $.peak(metric, section)
    + ' / on (' + $.names.identity + ') group_left () '
    + $.perSlo($.names.metrics.budget, section),

  // A tier fires while both windows are above its threshold. So the lower window is shown, and 1 is the threshold.
  nearnessQuery(section, tier)::
    'min by (' + section.by + ') ('
    + $.select(tier.longMetric, section) + ' or ' + $.select(tier.shortMetric, section)
    + ') / ' + tier.threshold,

  allowedBadQuery(section, total)::
    total + ' * on (' + $.names.identity + ') group_left () ' + $.perSlo($.names.metrics.budget, section),

  // --- queries of a whole service. `selector` is the content of the braces

  everySlo(metric, selector, aggregation='max')::
    aggregation + ' by (' + $.names.identity + ') (' + metric + '{' + selector + '})',

  // Attainment of SLOs with different periods: the error ratio is burn rate x budget.
  everyAttainment(selector)::
    '1 - ' + $.everySlo($.names.metrics.periodBurnRate, selector)
    + ' * on (' + $.names.identity + ') ' + $.everySlo($.names.metrics.budget, selector),

  // 1: met so far, 0: missed so far.
  everyCalendarBit(selector)::
    $.everySlo($.names.metrics.calendarRatio, selector)
    + ' <= bool on (' + $.names.identity + ') ' + $.everySlo($.names.metrics.budget, selector),

  firingSeries(selector):: $.names.metrics.alerts + '{' + $.names.labels.alertState + '="firing", ' + selector + '}',

  firing(selector, by):: 'count by (' + by + ') (' + $.firingSeries(selector) + ')',

  // The alerts that fired at any time of each step of a chart.
  firedInStep(selector, by):: 'count by (' + by + ') (max_over_time(' + $.firingSeries(selector) + '[$__interval]))',

  // Number of firing alerts of each SLO, also if it is 0.
  everyFiring(selector)::
    $.firing(selector, $.names.identity)
    + ' or on (' + $.names.identity + ') 0 * ' + $.everySlo($.names.metrics.objective, selector),

  firingCount(selector):: 'count(' + $.names.metrics.alerts + '{' + $.names.labels.alertState + '="firing", ' + selector + '}) or vector(0)',

  // Labels that distinguish the alerts of an SLO: keys in names.labels.
  alertLabels:: ['alertName', 'severity', 'tier'],

  // Every firing alert, by the labels that people look for. An SLO without a firing alert has the value 0 and no tier.
  firingDetail(selector, firing=$.firing)::
    local labels = [$.names.labels[name] for name in $.alertLabels];
    firing(selector, std.join(', ', [$.names.identity] + labels))
    + ' or on (' + $.names.identity + ') 0 * ' + $.everySlo($.names.metrics.objective, selector),
}
