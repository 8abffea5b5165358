"""Charts as SVG, written by hand: scales, axes, marks, lanes of time, flows. They know no outcome and no page.

A chart is a value: its text for a page, whose style sheet dresses it by day, by night and in print, or a whole file for
a ticket. Whatever can be pointed at holds its words in a `<title>`, so a file tells them too, without a script. The
same chart has the same bytes everywhere.
"""
