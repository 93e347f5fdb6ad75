// Package reports turns judged trials into things to look at: the timeline of one trial
// as a picture, and the table of all cells in the terminal.
//
// A timeline is made in two steps. First the history becomes a scene: lanes with bars
// and marks on true time, plain data without a length or a colour. Then the scene is
// arranged on paper and drawn. The same history and findings always give the same bytes.
package reports
