// A pod that must stop serves until clients no longer find it. Then it has the time that it needs, and Kubernetes
// does not kill it earlier.

const MARGIN_SECONDS = 5;
// Time in which a busy Kubernetes tells endpoints, DNS and proxies that a pod ends.
const DELAY_SECONDS_MIN = 5;

export function* check(inventory) {
  for (const { workload, container, settings, isInit } of inventory.containers()) {
    const delay = settings.LEDGERCAST_DRAIN_DELAY_MS;
    const timeout = settings.LEDGERCAST_DRAIN_TIMEOUT_MS;
    if (!workload.runsOn || isInit || !container.image.startsWith('ledgercast/')) continue;
    if (delay === undefined || timeout === undefined) {
      yield [workload.object, 'leaves its drain to the defaults, which are those of one machine: set LEDGERCAST_DRAIN_DELAY_MS and LEDGERCAST_DRAIN_TIMEOUT_MS'];
      continue;
    }
    const seconds = (Number(delay) + Number(timeout)) / 1000;
    const grace = workload.pod.terminationGracePeriodSeconds ?? 30;
    if (grace < seconds + MARGIN_SECONDS) yield [workload.object, `drains for ${seconds} s but is killed after ${grace} s: set terminationGracePeriodSeconds to ${seconds + MARGIN_SECONDS} or more`];
    if (workload.replicas > 1 && delay < DELAY_SECONDS_MIN * 1000) yield [workload.object, `stops serving ${delay / 1000} s after it was told to go, while it is still found: set LEDGERCAST_DRAIN_DELAY_MS to ${DELAY_SECONDS_MIN * 1000} or more`];
  }
}
