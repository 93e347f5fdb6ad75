package results

// Asked is how many trials the runs were to have, and finished how many they have between
// them: fewer if one of them was interrupted, killed, or ended by a failure.
func (s *Set) Asked() (asked, finished int) {
	for _, run := range s.Runs {
		asked += run.About.Trials
		finished += run.Finished
	}
	return asked, finished
}
