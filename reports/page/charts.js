// Charts of the whole horizon.
const horizon = [run.begin_ms, run.begin_ms + run.horizon_s * MS];

// When work falls due against the time people have, slice by slice of the horizon.
function startPeriods(place) {
  const { edges_s, demand, capacity, planned } = run.periods;
  const figure = timeFigure(horizon, run.horizon_s * MS, { name: "periods", height: 260, y_axis_label: texts.hours });
  figure.y_range.start = 0;
  const inside = (part) => edges_s.map(([start, end]) => run.begin_ms + (start + part * (end - start)) * MS);
  const when = edges_s.map(([start, end]) => `${wallClock(start)} – ${wallClock(end)}`);
  const edges = { left: inside(0), first: inside(0.12), middle: inside(0.5), last: inside(0.88), right: inside(1) };
  const source = new ColumnDataSource({ data: { ...edges, demand, capacity, planned, when } });
  const bars = (left, right, top, looks) => figure.quad({
    left: { field: left }, right: { field: right }, top: { field: top }, bottom: 0, source, line_color: null, ...looks,
  });
  const due = bars("first", "middle", "demand", { hatch_pattern: "right_diagonal_line" });
  const done = bars("middle", "last", "planned", {});
  const ends = { x0: { field: "left" }, x1: { field: "right" }, y0: { field: "capacity" }, y1: { field: "capacity" } };
  const limit = figure.segment({ ...ends, source, line_width: 3 });
  const measures = ["demand", "planned", "capacity"].map((name) => [texts[name], `@${name}{0,0.0} ${texts.hours}`]);
  const tooltips = [["", "@when"], ...measures];
  figure.add_tools(new Bokeh.HoverTool({ tooltips, renderers: [due, done] }));
  Plotting.show(figure, place);
  return () => {
    paint(figure);
    due.glyph.fill_color = colour("late");
    due.glyph.hatch_color = colour("late-line");
    done.glyph.fill_color = colour("accent");
    limit.glyph.line_color = colour("ink");
  };
}
