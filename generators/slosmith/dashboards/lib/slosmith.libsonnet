// The library as one object. Every function reaches the others through `$`, which is the object after everything has
// been added to it: `(import 'slosmith.libsonnet') + { budgetLeft(section):: ... }` changes that panel everywhere.
//
// It needs two fields from its user: `names` (metric and label names, facts.py: vocabulary) and `settings`
// (facts.py: settings_facts). What differs from one rule scheme to another is added to it (main.jsonnet).
(import 'grafana.libsonnet')
+ (import 'layout.libsonnet')
+ (import 'queries.libsonnet')
+ (import 'fleet_queries.libsonnet')
+ (import 'service_panels.libsonnet')
+ (import 'service.libsonnet')
+ (import 'fleet_panels.libsonnet')
+ (import 'fleet.libsonnet')
