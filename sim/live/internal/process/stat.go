//go:build linux

package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// stat is what the kernel says about a process or thread in /proc/…/stat.
type stat struct {
	name         string
	state        byte // R, S, D: runs or waits; T: stopped; Z, X: has ended
	parent, pgrp int
}

func readStat(path string) (stat, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return stat{}, err
	}
	// "12 (a name (of any kind)) S 1 12 …"
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return stat{}, fmt.Errorf("read %s: not understood: %q", path, text)
	}
	fields := strings.Fields(string(text[end+1:]))
	if len(fields) < 3 {
		return stat{}, fmt.Errorf("read %s: not understood: %q", path, text)
	}
	parent, err1 := strconv.Atoi(fields[1])
	pgrp, err2 := strconv.Atoi(fields[2])
	return stat{name: string(text[open+1 : end]), state: fields[0][0], parent: parent, pgrp: pgrp}, errors.Join(err1, err2)
}
