// The queries of the dashboard and of the rules: which they are, and which metrics they name.

const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'Inf', 'NaN']);
const GROUPING = /\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const SERIES_OF_HISTOGRAM = /_(bucket|sum|count)$/;

/** All that a dashboard asks Prometheus: `{ where, expr, instant }`, its variables still in them. */
export function queriesOf(dashboard) {
  const panels = dashboard.panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
  const ofPanels = panels.flatMap(({ title, targets = [] }) => targets.map(({ refId, expr }) => ({ where: `${title} ${refId}`, expr })));
  const ofAnnotations = dashboard.annotations.list.filter(({ expr }) => expr).map(({ name, expr }) => ({ where: `annotation ${name}`, expr }));
  return [...ofPanels, ...ofAnnotations];
}

/** What the query variables of a dashboard ask: `{ where, metric, matchers, label }`. */
export function variablesOf(dashboard) {
  return dashboard.templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, definition, query }) => {
      const [, metric, matchers = '', label] = /^label_values\((\w+)(?:\{(.*)\})?, (\w+)\)$/.exec(query.query) ?? [];
      return { where: `variable ${name}`, metric, matchers, label, isShownAsAsked: definition === query.query };
    });
}

/** As Grafana would send it with everything chosen. */
export function withVariables(expr, jobs) {
  return expr
    .replaceAll('$__rate_interval', '10s')
    .replaceAll('$namespace', '.*')
    .replaceAll('$instance', '.*')
    .replaceAll('$job', `(${jobs.join('|')})`);
}

/**
 * The names of the metrics in `expr`, and what `exported` (a list of names) has of those that it names by a
 * pattern: `{ names, emptyPatterns }`.
 */
export function metricsIn(expr, exported) {
  const names = new Set();
  const emptyPatterns = [];
  for (const [, pattern] of expr.matchAll(/__name__=~"([^"]*)"/g)) {
    const found = exported.filter((name) => new RegExp(`^(?:${pattern})$`).test(name));
    if (found.length === 0) emptyPatterns.push(pattern);
    for (const name of found) names.add(name);
  }
  const bare = expr
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(GROUPING, ' ');
  for (const [, name, call] of bare.matchAll(/(?<![\w:$.])([a-zA-Z_:][\w:]*)(\s*\()?/g)) {
    if (!call && !KEYWORDS.has(name)) names.add(name);
  }
  return { names: [...names], emptyPatterns };
}

/** The family that a series is of. */
export function familyOf(name, families) {
  return families.has(name) ? name : name.replace(SERIES_OF_HISTOGRAM, '');
}

/**
 * What is wrong with `queries` where the programs export `families` (names) and rules record `recorded`: one line
 * each. What is in neither is misspelt.
 */
export function unknownMetrics(queries, families, recorded = new Set()) {
  const known = new Set([...families, ...recorded, 'up']);
  return queries.flatMap(({ where, expr }) => {
    const { names, emptyPatterns } = metricsIn(expr, [...families]);
    const unknown = names.filter((name) => !known.has(familyOf(name, known)));
    return [...unknown, ...emptyPatterns].map((name) => `${where}: there is no ${name}`);
  });
}

/** Returns the metrics of `families` that no query shows. */
export function unusedMetrics(queries, families) {
  const used = new Set(queries.flatMap(({ expr }) => metricsIn(expr, [...families]).names).map((name) => familyOf(name, families)));
  return [...families].filter((name) => !used.has(name));
}
