package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"
)

// Report is what a run found.
type Report struct {
	Machine Machine `json:"machine"`
	// Server is the database server, and FloorBy what took the floor there; empty
	// where nodes were not measured.
	Server  string `json:"server,omitempty"`
	FloorBy string `json:"floorBy,omitempty"`
	Pending int    `json:"pending,omitzero"`
	Slice   string `json:"slice"`
	Rounds  int    `json:"rounds"`
	Took    string `json:"took"`
	Rows    []Row  `json:"rows"`
}

// Row is one figure, with what it is to be held against in the same unit.
type Row struct {
	Phase  string  `json:"phase"`
	Figure string  `json:"figure"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	// Floor is the bare handler's figure, or pgbench's; 0 where there is none.
	Floor float64 `json:"floor,omitzero"`
	// Baseline is another figure of the run, as BaselineOf says; 0 for none.
	Baseline   float64 `json:"baseline,omitzero"`
	BaselineOf string  `json:"baselineOf,omitempty"`
	// Ratio is Value to Floor or to Baseline, as RatioTo says; 0 for none.
	Ratio   float64 `json:"ratio,omitzero"`
	RatioTo string  `json:"ratioTo,omitempty"`
	// Target is what is to be reached, and Verdict "met" or "missed"; empty where
	// nothing is asked.
	Target  string `json:"target,omitempty"`
	Verdict string `json:"verdict,omitempty"`
}

// over sets the floor, and the ratio to it.
func (r Row) over(floor float64) Row {
	r.Floor = floor
	if floor != 0 {
		r.Ratio, r.RatioTo = r.Value/floor, "floor"
	}
	return r
}

// beside sets what else the figure is held against, and the ratio to it.
func (r Row) beside(name string, value float64) Row {
	r.Baseline, r.BaselineOf = value, name
	if value != 0 {
		r.Ratio, r.RatioTo = r.Value/value, name
	}
	return r
}

// atMost asks for a figure.
func (r Row) atMost(limit float64) Row {
	return r.asked("≤ "+figure(limit, r.Unit), r.Value <= limit)
}

// ratioAtMost and ratioAtLeast ask for a ratio.
func (r Row) ratioAtMost(limit float64) Row {
	return r.asked(fmt.Sprintf("ratio ≤ %g", limit), r.Ratio <= limit)
}

func (r Row) ratioAtLeast(limit float64) Row {
	return r.asked(fmt.Sprintf("ratio ≥ %g", limit), r.Ratio >= limit)
}

func (r Row) asked(target string, met bool) Row {
	r.Target, r.Verdict = target, "missed"
	if met {
		r.Verdict = "met"
	}
	return r
}

// String returns the row as a line.
func (r Row) String() string {
	s := fmt.Sprintf("%s: %s %s", r.Phase, r.Figure, figure(r.Value, r.Unit))
	if r.Floor != 0 {
		s += ", floor " + figure(r.Floor, r.Unit)
	}
	if r.Baseline != 0 {
		s += ", " + r.BaselineOf + " " + figure(r.Baseline, r.Unit)
	}
	if r.Ratio != 0 {
		s += fmt.Sprintf(", ratio %.2f to %s", r.Ratio, r.RatioTo)
	}
	if r.Target != "" {
		s += "; " + r.Target + ": " + r.Verdict
	}
	return s
}

func (r *Report) write(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		if err := e.Encode(r); err != nil {
			return fmt.Errorf("bench: write the report: %w", err)
		}
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	out := func(format string, args ...any) { _, _ = fmt.Fprintf(t, format, args...) } // Flush tells of what failed
	over := count(r.Pending) + " pending"
	if r.Server != "" {
		over = r.Server + ", floor by " + r.FloorBy
	}
	out("%s\n%s, %d slices of %s, %s in all\n\n", r.Machine, over, r.Rounds, r.Slice, r.Took)
	out("phase\tfigure\tmeasured\tfloor\tbeside\tratio\ttarget\t\n")
	for _, row := range r.Rows {
		floor, beside, ratio := "–", "–", "–"
		if row.Floor != 0 {
			floor = figure(row.Floor, row.Unit)
		}
		if row.Baseline != 0 {
			beside = figure(row.Baseline, row.Unit) + " (" + row.BaselineOf + ")"
		}
		if row.Ratio != 0 {
			ratio = fmt.Sprintf("%.2f to %s", row.Ratio, row.RatioTo)
		}
		out("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", row.Phase, row.Figure, figure(row.Value, row.Unit), floor, beside, ratio, row.Target, row.Verdict)
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("bench: write the table: %w", err)
	}
	return nil
}

// figure writes a value to three digits that mean something.
func figure(v float64, unit string) string {
	var s string
	switch {
	case v >= 1000:
		s = count(int(v + 0.5))
	case v >= 100:
		s = strconv.FormatFloat(v, 'f', 0, 64)
	default:
		s = strconv.FormatFloat(v, 'g', 3, 64)
	}
	switch unit {
	case "":
		return s
	case "/s":
		return s + unit
	}
	return s + " " + unit
}

// count writes 1000000 as 1,000,000.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
