package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/stretchr/testify/require"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/airlock-go/upload/s3bucket"
)

// layouts are sets of flags for which the policy command prints different files.
var layouts = map[string]string{
	"streamed only": "-s3-prefix avatars",
	"direct":        "-direct -origin https://app.example.com -origin http://localhost:8080",
	"everything": "-s3-prefix in/%{x}/ -direct -versioned -ticket-expires 50h -origin https://app.example.com " +
		"-scanner arn:aws:iam::123456789012:role/guardduty -scan-exempt arn:aws:iam::123456789012:role/app",
}

// printed runs the policy command for a layout, and a bucket whose name is as long as names can be.
func printed(t *testing.T, layout string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	all := append([]string{"policy", "-s3-bucket", strings.Repeat("b", 63), "-s3-region", "eu-west-1"}, strings.Fields(layout)...)
	require.Zero(t, run(t.Context(), append(all, args...), &stdout, &stderr), "%s", stderr.String())
	return stdout.String()
}

// terraformFile is the output of the policy command, as Terraform reads it.
type terraformFile struct {
	*hclsyntax.Body
	scope *hcl.EvalContext
}

func parse(t *testing.T, text string) terraformFile {
	t.Helper()
	file, faults := hclsyntax.ParseConfig([]byte(text), "main.tf", hcl.InitialPos)
	require.False(t, faults.HasErrors(), faults.Error())
	name := cty.ObjectVal(map[string]cty.Value{"uploads": cty.ObjectVal(map[string]cty.Value{"id": cty.StringVal("id")})})
	return terraformFile{file.Body.(*hclsyntax.Body), &hcl.EvalContext{
		Variables: map[string]cty.Value{
			"aws_s3_bucket": name,
			"var":           cty.ObjectVal(map[string]cty.Value{"kms_key": cty.NullVal(cty.String), "log_bucket": cty.StringVal("logs")}),
		},
		Functions: map[string]function.Function{"jsonencode": stdlib.JSONEncodeFunc},
	}}
}

// find returns the only block of a kind, such as resource, whose first label is name; "" is any.
func (f terraformFile) find(t *testing.T, kind, name string) *hclsyntax.Body {
	t.Helper()
	var found []*hclsyntax.Body
	for _, b := range f.Blocks {
		if b.Type == kind && (name == "" || b.Labels[0] == name) {
			found = append(found, b.Body)
		}
	}
	require.Len(t, found, 1, "%s %s", kind, name)
	return found[0]
}

// value evaluates an attribute.
func (f terraformFile) value(t *testing.T, b *hclsyntax.Body, name string) cty.Value {
	t.Helper()
	require.Contains(t, b.Attributes, name)
	v, faults := b.Attributes[name].Expr.Value(f.scope)
	require.False(t, faults.HasErrors(), "%s: %v", name, faults)
	return v
}

// tree returns the attributes and blocks of a block by their names, as decoded JSON.
func (f terraformFile) tree(t *testing.T, b *hclsyntax.Body) map[string]any {
	t.Helper()
	all := map[string]any{}
	for name := range b.Attributes {
		v := f.value(t, b, name)
		text, err := ctyjson.Marshal(v, v.Type())
		require.NoError(t, err)
		var decoded any
		require.NoError(t, json.Unmarshal(text, &decoded))
		all[name] = decoded
	}
	for _, inner := range b.Blocks {
		all[inner.Type] = f.tree(t, inner.Body)
	}
	return all
}

// TestTerraformPolicies checks that each role has the policy that is printed as JSON, and the
// bucket its own.
func TestTerraformPolicies(t *testing.T) {
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			f := parse(t, printed(t, layout, "-format", "terraform"))
			policies := f.value(t, f.find(t, "locals", ""), "policies").AsValueMap()
			for _, role := range s3bucket.Roles() {
				if role == s3bucket.RoleDirect && !strings.Contains(layout, "-direct") {
					require.NotContains(t, policies, string(role))
					continue
				}
				require.JSONEq(t, printed(t, layout, string(role)), policies[string(role)].AsString(), role)
				require.Less(t, len(policies[string(role)].AsString()), 6144, "AWS's limit for a managed policy")
				delete(policies, string(role))
			}
			require.Empty(t, policies)
			own := f.value(t, f.find(t, "resource", "aws_s3_bucket_policy"), "policy")
			require.JSONEq(t, printed(t, layout, "bucket"), own.AsString())
		})
	}
}

// TestTerraformProcesses checks that processes with several roles have the policy that is printed
// as JSON, and that their names are not longer than AWS accepts.
func TestTerraformProcesses(t *testing.T) {
	const some, all = "streamed+delivery", "streamed+direct+delivery+sweeper+check+setup"
	f := parse(t, printed(t, layouts["direct"], "-format", "terraform", some, all))
	policies := f.value(t, f.find(t, "locals", ""), "policies").AsValueMap()
	require.Len(t, policies, len(s3bucket.Roles())+2)
	for _, process := range []string{some, all} {
		require.JSONEq(t, printed(t, layouts["direct"], process), policies[process].AsString())
	}
	f.scope.Variables["each"] = cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal(all)})
	require.Len(t, f.value(t, f.find(t, "resource", "aws_iam_role"), "name").AsString(), 64)
}

// TestTerraformRules checks that the rules are those that are printed as JSON.
func TestTerraformRules(t *testing.T) {
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			f := parse(t, printed(t, layout, "-format", "terraform"))
			requireRules(t, f, "aws_s3_bucket_lifecycle_configuration", printed(t, layout, "lifecycle"), "Rules")
			if strings.Contains(layout, "-origin") {
				requireRules(t, f, "aws_s3_bucket_cors_configuration", printed(t, layout, "cors"), "CORSRules")
			} else {
				require.NotContains(t, printed(t, layout, "-format", "terraform"), "aws_s3_bucket_cors")
			}
		})
	}
}

// TestTicketExpires checks for how many days both formats keep what clients sent.
func TestTicketExpires(t *testing.T) {
	for layout, days := range map[string]float64{"-direct": 2, "-direct -ticket-expires 6h": 1, "-direct -ticket-expires 72h": 4} {
		t.Run(layout, func(t *testing.T) {
			var document struct{ Rules []map[string]any }
			require.NoError(t, json.Unmarshal([]byte(printed(t, layout, "lifecycle")), &document))
			require.Equal(t, map[string]any{"Days": days}, document.Rules[0]["Expiration"])
			f := parse(t, printed(t, layout, "-format", "terraform"))
			rule := f.tree(t, f.find(t, "resource", "aws_s3_bucket_lifecycle_configuration").Blocks[0].Body)
			require.Equal(t, map[string]any{"days": days}, rule["expiration"])
		})
	}
}

// requireRules compares the rules of a resource with those of S3's document, whatever the case and
// the underscores of names.
func requireRules(t *testing.T, f terraformFile, resource, document, list string) {
	t.Helper()
	var all map[string][]map[string]any
	require.NoError(t, json.Unmarshal([]byte(document), &all))
	var rules []any
	for _, b := range f.find(t, "resource", resource).Blocks {
		rules = append(rules, named(f.tree(t, b.Body)))
	}
	require.Len(t, rules, len(all[list]))
	for i, want := range all[list] {
		require.Equal(t, named(want), rules[i])
	}
}

// named returns a tree whose names have neither case nor underscores.
func named(tree any) any {
	m, ok := tree.(map[string]any)
	if !ok {
		return tree
	}
	out := map[string]any{}
	for name, v := range m {
		out[strings.ToLower(strings.ReplaceAll(name, "_", ""))] = named(v)
	}
	return out
}

// TestTerraformSettings checks settings that Bucket.Check demands of a bucket, and that names of
// roles are not longer than AWS accepts.
func TestTerraformSettings(t *testing.T) {
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			text := printed(t, layout, "-format", "terraform")
			f := parse(t, text)
			for _, setting := range []string{"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"} {
				require.True(t, f.value(t, f.find(t, "resource", "aws_s3_bucket_public_access_block"), setting).True(), setting)
			}
			require.Equal(t, strings.Repeat("b", 63), f.value(t, f.find(t, "resource", "aws_s3_bucket"), "bucket").AsString())
			require.Equal(t, map[string]any{"object_ownership": "BucketOwnerEnforced"}, f.tree(t, f.find(t, "resource", "aws_s3_bucket_ownership_controls"))["rule"])
			require.Equal(t, map[string]any{"sse_algorithm": "AES256", "kms_master_key_id": nil},
				f.tree(t, f.find(t, "resource", "aws_s3_bucket_server_side_encryption_configuration"))["rule"].(map[string]any)["apply_server_side_encryption_by_default"])
			require.Equal(t, strings.Contains(layout, "-versioned"), strings.Contains(text, `"aws_s3_bucket_versioning"`))
			require.Equal(t, "logs", f.value(t, f.find(t, "resource", "aws_s3_bucket_logging"), "target_bucket").AsString())
			f.scope.Variables["each"] = cty.ObjectVal(map[string]cty.Value{"key": cty.StringVal("delivery")})
			require.Len(t, f.value(t, f.find(t, "resource", "aws_iam_role"), "name").AsString(), 64)
		})
	}
}

// TestTerraformIsFormatted checks that formatting changes nothing, also by Terraform itself where
// it is installed.
func TestTerraformIsFormatted(t *testing.T) {
	path, missing := exec.LookPath("terraform")
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			text := printed(t, layout, "-format", "terraform")
			require.Equal(t, string(hclwrite.Format([]byte(text))), text)
			if missing == nil {
				check := exec.CommandContext(t.Context(), path, "fmt", "-check", "-diff", "-")
				check.Stdin = strings.NewReader(text)
				out, err := check.CombinedOutput()
				require.NoError(t, err, "%s", out)
			}
		})
	}
}

// FuzzLiteral checks that strings, also those that HCL would take for templates, are read back as
// they are.
func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"", `a"b\c`, "${x}", "$${x}", "%{if}", "$%{", "a\nb\tc", "\b\f\\b", "<&>", "é\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		file, faults := hclsyntax.ParseConfig(fmt.Appendf(nil, "x = %s\n", literal([]string{s})), "x.tf", hcl.InitialPos)
		require.False(t, faults.HasErrors(), faults.Error())
		v, faults := file.Body.(*hclsyntax.Body).Attributes["x"].Expr.Value(nil)
		require.False(t, faults.HasErrors(), faults.Error())
		require.Equal(t, cty.StringVal(s), v.AsValueSlice()[0])
	})
}
