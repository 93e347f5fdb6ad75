package timeline

import (
	"github.com/locklab/locklab/reports/canvas"
	"gonum.org/v1/plot/vg"
)

// memoryHeight is the height of the strip under the account's bar that shows what its guard goes
// by.
const memoryHeight = vg.Length(14)

// drawMemory shows under the account's balance what its guard goes by: a step wherever that
// changes.
func (p *sheet) drawMemory(on canvas.Paper, r row, l lane) {
	f := canvas.Regular(labelSize)
	top := r.bottom + stripGap
	for _, b := range l.memory {
		x0, x1 := p.x(b.from), p.x(b.to)
		x1 = max(x1, x0+1.2)
		on.Rect(x0, top, x1, top+memoryHeight, canvas.Haze)
		on.Rect(x0, top, x0+1.6, top+memoryHeight, canvas.Slate)
		for _, text := range b.labels {
			if x0+5+f.Width(text)+3 <= x1 {
				on.Text(f, x0+5, top+memoryHeight-3.5, canvas.Ink, text)
				break
			}
		}
	}
}
