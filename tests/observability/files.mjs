// What is tested here, as it lies in the tree.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const component = join(root, 'k8s/components/prometheus');
const compose = join(root, 'services/dev/observability');

export const prometheusConfigFile = join(compose, 'prometheus.yml');
export const alertTestsFolder = fileURLToPath(new URL('alerts', import.meta.url));

const readYaml = (...path) => parse(readFileSync(join(...path), 'utf8'));

export const readDashboard = () => JSON.parse(readFileSync(join(component, 'dashboard.json'), 'utf8'));

/** The groups of the PrometheusRule. */
export const readRuleGroups = () => readYaml(component, 'rules.yaml').spec.groups;

export const readPrometheusConfig = () => readYaml(prometheusConfigFile);
export const readDatasource = () => readYaml(compose, 'grafana/provisioning/datasources/prometheus.yaml').datasources[0];
export const readDashboardProvider = () => readYaml(compose, 'grafana/provisioning/dashboards/ledgercast.yaml').providers[0];
export const readKustomization = () => readYaml(component, 'kustomization.yaml');
export const readAutoscaler = () => readYaml(component, 'edge-autoscaler.yaml');
export const readAdapterValues = () => readYaml(component, 'adapter-values.yaml');
export const readMetricsServices = () => readAll('metrics-services.yaml');
export const readServiceMonitors = () => readAll('service-monitors.yaml');

function readAll(name) {
  return parseAllDocuments(readFileSync(join(component, name), 'utf8')).map((document) => document.toJS());
}
