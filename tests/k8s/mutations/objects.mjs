// Manifests that break the rules about objects other than pods: [rule, changed object, rendering, change, message].

const policy = (name, change) => (find) => change(find('NetworkPolicy', name).spec);

function autoscaler(change = () => {}) {
  return (find, objects) => {
    const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'edge' }, minReplicas: 3, maxReplicas: 9 };
    delete find('Deployment', 'edge').spec.replicas;
    change(spec, find);
    objects.push({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'edge', namespace: 'ledgercast', labels: { 'app.kubernetes.io/part-of': 'ledgercast' } }, spec });
  };
}

function monitor(change) {
  return (find, objects) => {
    const spec = { selector: { matchLabels: { 'app.kubernetes.io/name': 'edge' } }, endpoints: [{ port: 'http' }] };
    change(spec);
    objects.push({ apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata: { name: 'edge', namespace: 'ledgercast', labels: { 'app.kubernetes.io/part-of': 'ledgercast' } }, spec });
  };
}

export default [
  ['disruption_budgets', 'a Deployment has none', 'base', (find, objects) => { objects.splice(objects.indexOf(find('PodDisruptionBudget', 'edge')), 1); }, /^Deployment\/edge: .* 2 replicas and 0 disruption budgets/],
  ['disruption_budgets', 'one selects nobody', 'base', (find) => { find('PodDisruptionBudget', 'edge').spec.selector.matchLabels = { app: 'edge' }; }, /PodDisruptionBudget\/edge: .* selects no pod/],
  ['disruption_budgets', 'one selects all', 'base', (find) => { find('PodDisruptionBudget', 'edge').spec.selector = {}; }, /selects Deployment\/edge, Deployment\/transaction-service/],
  ['disruption_budgets', 'pods that are not ready hold a drain up', 'base', (find) => { delete find('PodDisruptionBudget', 'edge').spec.unhealthyPodEvictionPolicy; }, /unhealthyPodEvictionPolicy/],
  ['disruption_budgets', 'none may go', 'base', (find) => { find('PodDisruptionBudget', 'edge').spec.maxUnavailable = 0; }, /may let none go/],
  ['disruption_budgets', 'a number must stay', 'base', (find) => { Object.assign(find('PodDisruptionBudget', 'edge').spec, { minAvailable: 2, maxUnavailable: undefined }); }, /in place of minAvailable/],

  ['network_policies', 'nothing is denied', 'base', (find, objects) => { objects.splice(objects.indexOf(find('NetworkPolicy', 'default-deny')), 1); }, /StatefulSet\/postgres: .* denies it all Egress/],
  ['network_policies', 'one direction is not denied', 'base', policy('default-deny', (spec) => { spec.policyTypes = ['Egress']; }), /denies it all Ingress/],
  ['network_policies', 'a policy is about nobody', 'base', policy('edge', (spec) => { spec.podSelector.matchLabels = { app: 'edge' }; }), /NetworkPolicy\/edge: .* podSelector matches no pod/],
  ['network_policies', 'a peer is nobody', 'base', policy('transaction-service', (spec) => { spec.ingress[0].from[0].podSelector.matchLabels = { 'app.kubernetes.io/name': 'egde' }; }), /egde"}} matches no pod/],
  ['network_policies', 'a peer is everybody', 'base', policy('transaction-service', (spec) => { spec.ingress[0].from[0].podSelector = {}; }), /matches every pod/],
  ['network_policies', 'a peer is every namespace', 'base', policy('metrics-edge', (spec) => { spec.ingress[0].from[0].namespaceSelector = {}; }), /every namespace/],
  ['network_policies', 'every port is open', 'base', policy('transaction-service', (spec) => { delete spec.ingress[0].ports; }), /ingress is open on every port/],
  ['network_policies', 'a port is not the pod\'s', 'base', policy('edge', (spec) => { spec.ingress[0].ports[0].port = 80; }), /ingress names port 80, which edge does not have/],
  ['network_policies', 'a port is not the peer\'s', 'base', policy('edge', (spec) => { spec.egress[0].ports[0].port = 50050; }), /egress names port 50050, which transaction-service does not have/],
  ['network_policies', 'an instance has no such port', 'production', policy('postgres-cluster', (spec) => { spec.ingress[1].ports[0].port = 5433; }), /port 5433, which postgres does not have/],
  ['network_policies', 'egress is open', 'base', policy('edge', (spec) => { spec.egress.push({}); }), /egress goes anywhere/],
  ['network_policies', 'any address is reached on a port', 'base', policy('secrets', (spec) => { spec.egress[0].ports.push({ protocol: 'TCP', port: 25 }); }), /any address on ports that are not the API server's/],

  ['services', 'a Service finds nobody', 'base', (find) => { find('Service', 'edge').spec.selector = { app: 'edge' }; }, /matches 0 workloads/],
  ['services', 'a Service finds too many', 'base', (find) => { find('Service', 'edge').spec.selector = { 'app.kubernetes.io/part-of': 'ledgercast' }; }, /matches 6 workloads/],
  ['services', 'a port is not the pod\'s', 'base', (find) => { find('Service', 'edge').spec.ports[0].targetPort = 'web'; }, /targetPort web is no port of edge/],
  ['services', 'the StatefulSet\'s Service is not headless', 'base', (find) => { delete find('Service', 'postgres').spec.clusterIP; }, /StatefulSet\/postgres: .* no headless Service/],
  ['services', 'an Ingress leads nowhere', 'ingress', (find) => { find('Ingress', 'edge').spec.rules[0].http.paths[0].backend.service.port.name = 'web'; }, /Ingress\/edge: .* no Service edge with port web/],
  ['services', 'a route leads nowhere', 'production', (find) => { find('HTTPRoute', 'edge-streams').spec.rules[0].backendRefs[0].port = 8080; }, /HTTPRoute\/edge-streams: .* port 8080/],

  ['selectors', 'pods lack a label', 'base', (find) => { delete find('Deployment', 'edge').spec.template.metadata.labels['app.kubernetes.io/part-of']; }, /its pods lack/],
  ['selectors', 'a Deployment does not find its pods', 'base', (find) => { find('Deployment', 'edge').spec.selector.matchLabels.tier = 'web'; }, /its selector matches no pod/],
  ['selectors', 'a Deployment finds others\' pods', 'base', (find) => { find('Deployment', 'edge').spec.selector.matchLabels = { 'app.kubernetes.io/part-of': 'ledgercast' }; }, /it must match its own template and nothing else/],

  ['autoscaling', 'a number stands beside the autoscaler', 'base', autoscaler((_, find) => { find('Deployment', 'edge').spec.replicas = 3; }), /Deployment\/edge: .* has replicas beside HorizontalPodAutoscaler\/edge/],
  ['autoscaling', 'the autoscaler scales nobody', 'base', autoscaler((spec) => { spec.scaleTargetRef.name = 'egde'; }), /Deployment\/egde, which is not there/],
  ['autoscaling', 'the autoscaler may leave one', 'base', autoscaler((spec) => { spec.minReplicas = 1; }), /leaves no second one/],

  ['references', 'a monitor finds nobody', 'base', monitor((spec) => { spec.selector.matchLabels = { app: 'edge' }; }), /ServiceMonitor\/edge: .* matches 0 Services/],
  ['references', 'a monitor\'s port is not there', 'base', monitor((spec) => { spec.endpoints[0].port = 'admin'; }), /port admin is no port of its Service/],

  ['namespaces', 'there is no Namespace', 'base', (_, objects) => { objects.shift(); }, /there are 0 Namespaces/],
  ['namespaces', 'the Namespace comes last', 'base', (_, objects) => { objects.push(objects.shift()); }, /cannot be applied before it/],
  ['namespaces', 'pods are not held to the profile', 'base', (find) => { find('Namespace', 'ledgercast').metadata.labels['pod-security.kubernetes.io/enforce'] = 'baseline'; }, /enforce is not restricted/],
  ['namespaces', 'the profile has no version', 'base', (find) => { delete find('Namespace', 'ledgercast').metadata.labels['pod-security.kubernetes.io/warn-version']; }, /warn-version is missing/],
  ['namespaces', 'an object is elsewhere', 'base', (find) => { find('Service', 'edge').metadata.namespace = 'default'; }, /Service\/edge: .* is in namespace default/],
  ['namespaces', 'an object lacks the label', 'base', (find) => { find('Service', 'edge').metadata.labels = {}; }, /lacks label app.kubernetes.io\/part-of/],
];
