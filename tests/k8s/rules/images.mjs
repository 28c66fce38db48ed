// The manifest says which version runs. A node that has the image needs no registry to start it.

const PINNED = /^[a-z0-9][a-z0-9./_-]*(:(?<tag>[\w][\w.-]*))?(@sha256:[0-9a-f]{64})?$/;

function* wrongWith(image) {
  const match = PINNED.exec(image.replace(/^([a-z0-9.-]+):\d+\//, '$1/'));
  if (match === null) yield `image ${image} cannot be read: write NAME:TAG or NAME@sha256:DIGEST`;
  else if (!image.includes('@') && !match.groups.tag) yield `image ${image} has no tag: name the version`;
  else if (match.groups.tag === 'latest') yield `image ${image} is another one each day: name the version`;
}

export function* check(inventory) {
  for (const { workload, container } of inventory.containers()) {
    for (const wrong of wrongWith(container.image)) yield [workload.object, wrong];
    if (container.imagePullPolicy !== 'IfNotPresent') yield [workload.object, `container ${container.name} is pulled anew each time: set imagePullPolicy to IfNotPresent`];
    // The image itself would decide which program starts.
    if (container.image.startsWith('ledgercast/') && !container.command) yield [workload.object, `container ${container.name} leaves its command to the image: name the program`];
  }
  for (const cluster of inventory.all('Cluster')) {
    for (const wrong of wrongWith(cluster.spec.imageName ?? '')) yield [cluster, wrong];
  }
}
