package results

// Asked returns how many trials the runs were to have, and how many they have finished together:
// fewer if one of them was interrupted, killed, or ended by a failure.
func (s *Set) Asked() (asked, finished int) {
	for _, run := range s.Runs {
		asked += run.About.Trials
		finished += run.Finished
	}
	return asked, finished
}
