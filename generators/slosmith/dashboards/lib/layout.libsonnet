// The layout: places panels from left to right, line by line, and numbers them.
{
  // Gives every panel its place and ID. The panels of an open row come after it. The panels of a collapsed row are inside
  // it, with the places that they have when it is opened.
  layout(panels)::
    local flat = std.flatMap(function(panel) if $.isOpenRow(panel) then [panel] + panel.content else [panel], panels);
    std.foldl($.place, flat, { x: 0, y: 0, line: 0, id: 1, placed: [] }).placed,

  isRow(panel):: panel.type == 'row',
  isOpenRow(panel):: panel.type == 'row' && !panel.collapsed,

  // `line` is the height of the tallest panel in the current line.
  place(state, panel)::
    local width = if $.isRow(panel) then 24 else panel.w;
    local height = if $.isRow(panel) then 1 else panel.h;
    local wraps = state.x + width > 24;
    local x = if wraps then 0 else state.x;
    local y = if wraps then state.y + state.line else state.y;
    local inside = if $.isRow(panel) && panel.collapsed then
      std.foldl($.place, panel.content, { x: 0, y: y + 1, line: 0, id: state.id + 1, placed: [] })
    else { id: state.id + 1, placed: [] };
    {
      x: x + width,
      y: y,
      line: if wraps then height else std.max(state.line, height),
      id: inside.id,
      placed: state.placed + [
        panel {
          id: state.id,
          gridPos: { x: x, y: y, w: width, h: height },
          [if $.isRow(panel) then 'panels']: inside.placed,
        },
      ],
    },
}
