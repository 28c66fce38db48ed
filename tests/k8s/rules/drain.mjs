// A pod that is told to stop serves on until it is not found any more, and then has the time that it asks
// for: Kubernetes does not kill it before.

const MARGIN_SECONDS = 5;
// Time in which endpoints, DNS and proxies of a busy Kubernetes hear that a pod is ending.
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
