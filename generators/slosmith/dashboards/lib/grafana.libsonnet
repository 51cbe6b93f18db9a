// Grafana's objects: dashboards, variables, targets, panels. This file does not depend on SLOs.
//
// Written for schema version 39 (Grafana 10.3 and later; later versions migrate it when they load it). A panel is a
// plain object with `w` and `h` (24 columns make a line); layout.libsonnet turns these into `gridPos` and gives IDs.
// An option is written only if it differs from Grafana's default.
{
  schemaVersion:: 39,
  pluginVersion:: '10.4.0',

  // Each colour has the same meaning on all dashboards.
  colours:: { good: 'green', warning: 'orange', bad: 'red', plain: 'text', aside: 'purple', calm: 'blue' },

  dashboard(uid, title, description, tags, variables, links, panels):: {
    uid: uid,
    title: title,
    description: description,
    tags: std.set(['slo', 'slosmith'] + tags + $.settings.tags),
    schemaVersion: $.schemaVersion,
    version: 1,
    editable: true,
    graphTooltip: 1,  // one crosshair for all charts
    fiscalYearStartMonth: 0,
    liveNow: false,
    timezone: $.settings.timezone,
    time: { from: $.settings.from, to: 'now' },
    timepicker: {},
    refresh: $.settings.refresh,
    weekStart: '',
    annotations: { list: [] },
    templating: { list: variables },
    links: links,
    panels: $.layout(panels),
  },

  linkTo(title, url):: {
    type: 'link',
    title: title,
    url: url,
    icon: 'external link',
    tooltip: '',
    tags: [],
    asDropdown: false,
    includeVars: false,
    keepTime: true,
    targetBlank: false,
  },

  // --- variables

  datasourceVariable:: {
    type: 'datasource',
    name: 'datasource',
    label: 'Data source',
    query: 'prometheus',
    current: { text: $.settings.datasource, value: $.settings.datasource },
    regex: '',
    refresh: 1,
    hide: 0,
    includeAll: false,
    multi: false,
    options: [],
    skipUrlSync: false,
  },

  // A variable with a fixed list of values. At first all are selected.
  choice(name, label, values):: {
    type: 'custom',
    name: name,
    label: label,
    query: std.join(',', values),
    current: { text: ['All'], value: ['$__all'] },
    hide: 0,
    includeAll: true,
    multi: true,
    options: [{ text: 'All', value: '$__all', selected: true }]
             + [{ text: value, value: value, selected: false } for value in values],
    skipUrlSync: false,
  },

  // A variable with the values of a label. "All" includes series without the label.
  labelChoice(name, title, label, series):: {
    local query = 'label_values(' + series + ', ' + label + ')',
    type: 'query',
    name: name,
    label: title,
    datasource: $.datasource,
    definition: query,
    query: { query: query, refId: 'Variable-' + name },
    current: { text: ['All'], value: ['$__all'] },
    allValue: '.*',
    regex: '',
    refresh: 2,
    sort: 1,
    hide: 0,
    includeAll: true,
    multi: true,
    options: [],
    skipUrlSync: false,
  },

  // --- queries

  datasource:: { type: 'prometheus', uid: '${datasource}' },

  // Without `instant` a query is a range query, and its format a time series.
  range(expr, legend):: { expr: expr, legendFormat: legend },
  // For queries with `[$__interval]`: the range holds a recorded sample at least, however short the time of the chart is.
  stepped(expr, legend):: $.range(expr, legend) { interval: $.settings.step },
  instant(expr, legend):: { expr: expr, legendFormat: legend, instant: true },
  rows(expr):: { expr: expr, instant: true, format: 'table' },

  // A, B, ... Z, AA, ...: enough for the queries of every panel.
  refId(index)::
    (if index < 26 then '' else std.char(64 + std.floor(index / 26))) + std.char(65 + index % 26),

  // --- panels

  panel(type, title, description, w, h):: {
    type: type,
    title: title,
    description: description,
    w:: w,
    h:: h,
  },

  queried(type, title, description, w, h, targets):: $.panel(type, title, description, w, h) {
    datasource: $.datasource,
    pluginVersion: $.pluginVersion,
    targets: std.mapWithIndex(function(index, target) target { refId: $.refId(index) }, targets),
  },

  // [colour of everything below, [from, colour], ...]
  steps(colour, bounds):: {
    mode: 'absolute',
    steps: [{ color: colour, value: null }] + [{ color: bound[1], value: bound[0] } for bound in bounds],
  },

  stat(title, description, w, h, targets, unit, steps, decimals=null)::
    $.queried('stat', title, description, w, h, targets) {
      fieldConfig: {
        defaults: {
          unit: unit,
          [if decimals != null then 'decimals']: decimals,
          thresholds: steps,
        },
        overrides: [],
      },
      options: $.statOptions,
    },

  last:: { calcs: ['lastNotNull'] },
  statOptions:: { graphMode: 'none', reduceOptions: $.last },
  chartOptions:: {
    legend: { calcs: ['lastNotNull'], displayMode: 'table', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  },

  // In a chart, the colour distinguishes series. In other panels, it shows whether the value is good.
  timeseries(title, description, w, h, targets, unit, steps=null, custom={}, overrides=[])::
    $.queried('timeseries', title, description, w, h, targets) {
      fieldConfig: {
        defaults: {
          color: { mode: 'palette-classic' },
          unit: unit,
          custom: {
            showPoints: 'never',
            axisSoftMin: 0,
            [if steps != null then 'thresholdsStyle']: { mode: 'dashed' },
          } + custom,
          [if steps != null then 'thresholds']: steps,
        },
        overrides: overrides,
      },
      options: $.chartOptions,
    },

  barGauge(title, description, w, h, targets, unit, steps, min=null, max=null)::
    $.queried('bargauge', title, description, w, h, targets) {
      fieldConfig: {
        defaults: {
          unit: unit,
          [if min != null then 'min']: min,
          [if max != null then 'max']: max,
          thresholds: steps,
        },
        overrides: [],
      },
      options: $.barOptions,
    },

  barOptions:: { displayMode: 'basic', orientation: 'horizontal', reduceOptions: $.last },

  stateTimeline(title, description, w, h, targets, mappings, steps)::
    $.queried('state-timeline', title, description, w, h, targets) {
      fieldConfig: {
        defaults: {
          color: { mode: 'thresholds' },
          custom: { fillOpacity: 70, lineWidth: 0 },
          mappings: mappings,
          thresholds: steps,
        },
        overrides: [],
      },
      options: { mergeValues: true, showValue: 'never', legend: { displayMode: 'list', placement: 'bottom', showLegend: false } },
    },

  // A table of several queries, one row for each combination of the labels that they share. `columns` in order:
  // { label: 'x' } or { expr: ... }, with name, and unit, steps, mappings, links, width, hidden as needed.
  table(title, description, w, h, columns, sortBy=[], paginate=false)::
    local queries = [column for column in columns if std.objectHas(column, 'expr')];
    local field(column) =
      if std.objectHas(column, 'label') then column.label
      else 'Value #' + $.refId(std.find(column.expr, [query.expr for query in queries])[0]);
    $.queried('table', title, description, w, h, [$.rows(query.expr) for query in queries]) {
      fieldConfig: {
        defaults: { custom: { filterable: paginate } },
        overrides: [
          $.override(column.name, $.columnProperties(column))
          for column in columns
          if !$.isHidden(column) && $.columnProperties(column) != []
        ],
      },
      options: {
        cellHeight: 'sm',
        showHeader: true,
        [if paginate then 'footer']: { enablePagination: true, show: false },
        sortBy: sortBy,
      },
      transformations: [
        { id: 'merge', options: {} },
        {
          id: 'organize',
          options: {
            excludeByName: { Time: true } + { [field(column)]: true for column in columns if $.isHidden(column) },
            indexByName: { [field(columns[index])]: index for index in std.range(0, std.length(columns) - 1) },
            renameByName: { [field(column)]: column.name for column in columns },
          },
        },
      ],
    },

  isHidden(column):: std.get(column, 'hidden', false),

  columnProperties(column)::
    local property(id, key) = if std.objectHas(column, key) then [{ id: id, value: column[key] }] else [];
    property('unit', 'unit')
    + property('decimals', 'decimals')
    + property('mappings', 'mappings')
    + property('links', 'links')
    + property('custom.width', 'width')
    + property('custom.hidden', 'invisible')
    + (
      if std.objectHas(column, 'steps') then [
        { id: 'thresholds', value: column.steps },
        { id: 'color', value: { mode: 'thresholds' } },
        { id: 'custom.cellOptions', value: { type: 'color-text' } },
      ] else []
    ),

  override(name, properties):: { matcher: { id: 'byName', options: name }, properties: properties },
  overrideMatching(regex, properties):: { matcher: { id: 'byRegexp', options: regex }, properties: properties },

  text(title, markdown, w, h, description='Text.'):: $.panel('text', title, description, w, h) {
    pluginVersion: $.pluginVersion,
    options: { mode: 'markdown', content: markdown },
  },

  // A row. A collapsed row contains its panels, and does not run their queries until it is opened.
  row(title, panels, collapsed=false):: { type: 'row', title: title, collapsed: collapsed, content:: panels },

  mapping(values):: [{ type: 'value', options: values }],
}
