// Charts over time, drawn by Bokeh: they take their colours from the page, light or dark.
const { Plotting, ColumnDataSource } = Bokeh;
const MS = 1000;
const HOUR_MS = 3600 * MS;
const CLOCK = { minutes: "%H:%M", hourmin: "%H:%M", hours: "%H:%M", days: "%m-%d", months: "%Y-%m" };

function colour(role) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${role}`).trim();
}

// An empty picture over a span, from `firstMs` of it at first; dragging moves, the wheel zooms with ctrl.
function timeFigure([start, end], firstMs, options) {
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
