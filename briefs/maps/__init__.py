"""Maps as inline SVG, drawn from outlines of Natural Earth: `drawing.map_of`. Where those come from: README.md."""
