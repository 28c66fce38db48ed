// Each pod keeps the restricted profile of the Pod Security Standards, and has a read-only root.

const VOLUMES = new Set(['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret']);

export function* check(inventory) {
  for (const { object, pod } of inventory.ours) {
    const security = pod.securityContext ?? {};
    if (security.runAsNonRoot !== true) yield [object, 'the pod may run as root: set securityContext.runAsNonRoot to true'];
    if (!(security.runAsUser > 0)) yield [object, 'the pod names no user: set securityContext.runAsUser to a number above 0'];
    if (security.seccompProfile?.type !== 'RuntimeDefault') yield [object, 'the pod has no seccomp profile: set securityContext.seccompProfile.type to RuntimeDefault'];
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) {
      if (pod[field]) yield [object, `${field} is on: leave it out`];
    }
    for (const { name, ...source } of pod.volumes ?? []) {
      const [type] = Object.keys(source);
      if (!VOLUMES.has(type)) yield [object, `volume ${name} is a ${type}, which the restricted profile forbids: use another`];
    }
  }
  for (const { workload, container } of inventory.containers()) yield* ofContainer(workload.object, container);
}

function* ofContainer(object, { name, securityContext = {}, ports = [] }) {
  const { allowPrivilegeEscalation, capabilities, readOnlyRootFilesystem, privileged, runAsUser, runAsNonRoot, seccompProfile } = securityContext;
  if (allowPrivilegeEscalation !== false) yield [object, `container ${name} may gain rights: set allowPrivilegeEscalation to false`];
  if (!capabilities?.drop?.includes('ALL')) yield [object, `container ${name} keeps capabilities: drop ALL (in capitals)`];
  if (capabilities?.add?.length) yield [object, `container ${name} adds capabilities: leave them out`];
  if (readOnlyRootFilesystem !== true) yield [object, `container ${name} can write to its image: set readOnlyRootFilesystem to true and give it volumes for what it writes`];
  if (privileged) yield [object, `container ${name} is privileged: leave that out`];
  if (runAsUser === 0 || runAsNonRoot === false) yield [object, `container ${name} takes back that the pod is not root's: leave that out`];
  if (seccompProfile !== undefined && seccompProfile.type !== 'RuntimeDefault') yield [object, `container ${name} has another seccomp profile: leave it out`];
  if (ports.some(({ hostPort }) => hostPort)) yield [object, `container ${name} takes a port of the node: leave hostPort out`];
}
