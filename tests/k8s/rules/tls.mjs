// If the service has TLS, the edge connects by a name in the service's certificate, and shows a certificate of its
// own that the service's CA signed.

export function* check(inventory) {
  const containers = [...inventory.containers()].filter(({ isInit }) => !isInit);
  const service = containers.find(({ container }) => container.command?.[0]?.endsWith('/ledgercast-transaction-service'));
  const edge = containers.find(({ container }) => container.command?.[0]?.endsWith('/ledgercast-edge'));
  if (service === undefined || edge === undefined) return;
  const hasTls = 'LEDGERCAST_TLS_CERT_FILE' in service.settings;
  const asks = 'LEDGERCAST_SERVICE_CA_FILE' in edge.settings;
  if (hasTls !== asks) yield [edge.workload.object, `asks for ${asks ? 'TLS' : 'plaintext'} where the service has ${hasTls ? 'TLS' : 'plaintext'}: set LEDGERCAST_TLS_CERT_FILE there and LEDGERCAST_SERVICE_CA_FILE here, or neither`];
  if (!hasTls) return;
  const mine = certificateOf(inventory, service, 'LEDGERCAST_TLS_CERT_FILE');
  const shown = certificateOf(inventory, edge, 'LEDGERCAST_SERVICE_CERT_FILE');
  const host = (edge.settings.LEDGERCAST_SERVICE ?? '').split(':')[0];
  if (!mine?.spec.dnsNames?.includes(host)) yield [service.workload.object, `its certificate is not for ${host}, by which edges call it: add that to dnsNames`];
  if (!mine?.spec.usages?.includes('server auth')) yield [service.workload.object, 'its certificate is not a server\'s: add server auth to usages'];
  if (!('LEDGERCAST_TLS_CLIENT_CA_FILE' in service.settings)) yield [service.workload.object, 'lets any client in: set LEDGERCAST_TLS_CLIENT_CA_FILE'];
  if (!shown?.spec.usages?.includes('client auth')) yield [edge.workload.object, 'shows no certificate of a client: set LEDGERCAST_SERVICE_CERT_FILE to one with client auth in usages'];
  else if (JSON.stringify(shown.spec.issuerRef) !== JSON.stringify(mine?.spec.issuerRef)) yield [edge.workload.object, 'shows a certificate of another CA than the service trusts: make the issuerRef the same'];
}

function certificateOf(inventory, { workload, container, settings }, setting) {
  const folder = (settings[setting] ?? '').replace(/\/[^/]*$/, '');
  const mount = (container.volumeMounts ?? []).find(({ mountPath }) => mountPath === folder);
  const secret = workload.pod.volumes?.find(({ name }) => name === mount?.name)?.secret?.secretName;
  return inventory.all('Certificate').find(({ spec }) => spec.secretName === secret);
}
