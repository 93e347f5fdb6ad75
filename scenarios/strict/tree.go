package strict

import "github.com/goccy/go-yaml/ast"

// ValueOf returns the value of a mapping's key, or nil if there is no such key.
func ValueOf(n ast.Node, key string) ast.Node {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode: // a mapping with a single key
		values = []*ast.MappingValueNode{n}
	}
	for _, v := range values {
		if IsKey(v, key) {
			return v.Value
		}
	}
	return nil
}

// IsKey reports whether v is the entry with that key.
func IsKey(v *ast.MappingValueNode, key string) bool {
	t := v.Key.GetToken()
	return t != nil && t.Value == key
}
