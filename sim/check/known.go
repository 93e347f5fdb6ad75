package check

// known has every property and precondition. Files of results have millions of findings, and
// each is looked up here.
var known = func() map[Property]bool {
	all := map[Property]bool{}
	for _, p := range append(Preconditions(), Properties()...) {
		all[p] = true
	}
	return all
}()

// Known tells whether there is such a property or precondition.
func (p Property) Known() bool { return known[p] }
