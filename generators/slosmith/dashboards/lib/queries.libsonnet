// PromQL of a service's dashboard. `promise` is what facts.py calls a promise: SLOs that differ in their site only.
//
// Aggregations keep the identity labels (and group labels) and drop the rest, as the rules do: while a user's label
// changes, the old and the new series live side by side for some minutes, and a chart must not show two SLOs then.
{
  select(metric, promise, more=''):: metric + '{' + promise.selector + (if more == '' then '' else ', ' + more) + '}',

  // One series an SLO (and group): of several, the one that is worse for the promise's keeper.
  highest(metric, promise, more=''):: 'max by (' + promise.by + ') (' + $.select(metric, promise, more) + ')',
  lowest(metric, promise, more=''):: 'min by (' + promise.by + ') (' + $.select(metric, promise, more) + ')',

  // Metadata is one series an SLO, whatever its groups.
  perSlo(metric, promise):: 'max by (' + $.names.identity + ') (' + $.select(metric, promise) + ')',

  objectiveQuery(promise):: 'max(' + $.select($.names.metrics.objective, promise) + ')',
  aspirationalQuery(promise):: 'max(' + $.select($.names.metrics.aspirational, promise) + ')',

  attainmentQuery(promise):: '1 - ' + $.highest(promise.rolling.metric, promise),
  calendarAttainmentQuery(promise):: '1 - ' + $.highest($.names.metrics.calendarRatio, promise, promise.calendar.matcher),

  budgetLeftQuery(promise):: $.lowest($.names.metrics.periodRemaining, promise),
  calendarLeftQuery(promise):: $.lowest($.names.metrics.calendarRemaining, promise, promise.calendar.matcher),
  calendarSpentQuery(promise):: $.highest($.names.metrics.calendarSpent, promise, promise.calendar.matcher),

  // Share of the current calendar period that has passed.
  elapsedQuery(promise)::
    local start = 'max(' + promise.calendar.start + ')';
    '(time() - ' + start + ') / (max(' + promise.calendar.end + ') - ' + start + ')',

  burnRateQuery(promise):: $.highest($.names.metrics.currentBurnRate, promise),
  windowBurnRateQuery(promise, metric)::
    $.highest(metric, promise)
    + ' / on (' + $.names.identity + ') group_left () '
    + $.perSlo($.names.metrics.budget, promise),

  // A tier fires while both windows are over its threshold: 1 is reached by the lower of the two.
  nearnessQuery(promise, tier)::
    'min by (' + promise.by + ') ('
    + $.select(tier.longMetric, promise) + ' or ' + $.select(tier.shortMetric, promise)
    + ') / ' + tier.threshold,

  allowedBadQuery(promise, total)::
    total + ' * on (' + $.names.identity + ') group_left () ' + $.perSlo($.names.metrics.budget, promise),

  // --- of a whole service; `selector` is the inside of the braces

  everySlo(metric, selector, aggregation='max')::
    aggregation + ' by (' + $.names.identity + ') (' + metric + '{' + selector + '})',

  // Attainment of SLOs whose periods may differ: burn rate times budget is the error ratio, whatever its window.
  everyAttainment(selector)::
    '1 - ' + $.everySlo($.names.metrics.periodBurnRate, selector)
    + ' * on (' + $.names.identity + ') ' + $.everySlo($.names.metrics.budget, selector),

  // 1: met so far, 0: missed so far.
  everyCalendarBit(selector)::
    $.everySlo($.names.metrics.calendarRatio, selector)
    + ' <= bool on (' + $.names.identity + ') ' + $.everySlo($.names.metrics.budget, selector),

  firing(selector, by)::
    'count by (' + by + ') (' + $.names.metrics.alerts + '{' + $.names.labels.alertState + '="firing", ' + selector + '})',

  // Firing alerts an SLO; 0 where there are none.
  everyFiring(selector)::
    $.firing(selector, $.names.identity)
    + ' or on (' + $.names.identity + ') 0 * ' + $.everySlo($.names.metrics.objective, selector),

  firingCount(selector):: 'count(' + $.names.metrics.alerts + '{' + $.names.labels.alertState + '="firing", ' + selector + '}) or vector(0)',

  // What tells the alerts of an SLO apart: keys in names.labels.
  alertLabels:: ['alertName', 'severity', 'tier'],

  // Every firing alert by what people look for; an SLO without one is there with 0 and no tier.
  firingDetail(selector)::
    local labels = [$.names.labels[name] for name in $.alertLabels];
    $.firing(selector, std.join(', ', [$.names.identity] + labels))
    + ' or on (' + $.names.identity + ') 0 * ' + $.everySlo($.names.metrics.objective, selector),
}
