// Package reports keeps what a run found: the folder on disk, and the pictures in it. The
// packages below it decide how things look: reports/timeline draws one trial, reports/terminal
// writes tables, reports/canvas has the paper, the colours and the type, reports/words the
// English.
package reports
