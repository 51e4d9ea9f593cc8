// Charts over time, drawn by Bokeh: they take their colours from the page, light or dark.
const { Plotting, ColumnDataSource } = Bokeh;
const MS = 1000;
const HOUR_MS = 3600 * MS;
const CLOCK = { minutes: "%H:%M", hourmin: "%H:%M", hours: "%H:%M", days: "%m-%d", months: "%Y-%m" };

function colour(role) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${role}`).trim();
}

// An empty picture over the horizon, from `firstMs` of it at first; dragging moves, the wheel zooms with ctrl.
function timeFigure(firstMs, options) {
  const [start, end] = [run.begin_ms, run.begin_ms + run.horizon_s * MS];
  const wheel = new Bokeh.WheelZoomTool({ dimensions: "width", modifiers: { ctrl: true } });
  const figure = Plotting.figure({
    x_range: new Bokeh.Range1d({
      start,
      end: Math.min(end, start + firstMs),
      bounds: [start, end],
      min_interval: HOUR_MS / 4,
    }),
    x_axis_type: "datetime",
    sizing_mode: "stretch_width",
    tools: [new Bokeh.PanTool({ dimensions: "width" }), wheel],
    toolbar_location: null,
    background_fill_color: null,
    border_fill_color: null,
    outline_line_color: null,
    min_border_bottom: 4,
    ...options,
  });
  figure.toolbar.active_scroll = wheel;
  if (matchMedia("(pointer: coarse)").matches) figure.toolbar.active_drag = null; // a finger scrolls the page
  [...figure.above, ...figure.below][0].ticker.desired_num_ticks = narrow.matches ? 4 : 8;
  figure.xaxis.formatter = new Bokeh.DatetimeTickFormatter(CLOCK);
  return figure;
}

function paint(figure) {
  for (const axis of [figure.xaxis, figure.yaxis]) {
    axis.axis_line_color = colour("line");
    axis.major_tick_line_color = colour("line");
    axis.minor_tick_line_color = null;
    axis.major_label_text_color = colour("ink");
    axis.major_label_text_font_size = "12px";
    axis.axis_label_text_color = colour("muted");
    axis.axis_label_text_font_style = "normal";
  }
  for (const grid of [figure.xgrid, figure.ygrid]) grid.grid_line_color = colour("line");
}

// When work falls due against the time people have, slice by slice of the horizon.
function startPeriods(place) {
  const { edges_s, demand, capacity, planned } = run.periods;
  const figure = timeFigure(run.horizon_s * MS, { name: "periods", height: 260, y_axis_label: texts.hours });
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
