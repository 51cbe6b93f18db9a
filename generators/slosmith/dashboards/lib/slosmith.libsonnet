// The library as one object. Functions call each other through `$`, the object with all additions. So
// `(import 'slosmith.libsonnet') + { budgetLeft(section):: ... }` changes this panel everywhere.
//
// It needs two fields from its user: `names` (metric and label names, facts.py: vocabulary) and `settings`
// (facts.py: settings_facts). main.jsonnet adds the differences between rule schemes.
(import 'grafana.libsonnet')
+ (import 'layout.libsonnet')
+ (import 'queries.libsonnet')
+ (import 'fleet_queries.libsonnet')
+ (import 'service_panels.libsonnet')
+ (import 'service.libsonnet')
+ (import 'fleet_panels.libsonnet')
+ (import 'fleet.libsonnet')
