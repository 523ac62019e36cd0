package s3bucket

import (
	"bytes"
	"encoding/json"
)

// JSON writes a [Policy], or what [Bucket.CORS] and [Bucket.Lifecycle] return, as the AWS command
// line reads it:
//
//	aws s3api put-bucket-policy --policy file://…
//	aws s3api put-bucket-cors --cors-configuration file://…
//	aws s3api put-bucket-lifecycle-configuration --lifecycle-configuration file://…
//
// Each replaces all that the bucket has of its kind; Setup keeps the rules of others.
func JSON(document any) ([]byte, error) {
	text, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	if _, ours := document.(Policy); !ours { // the SDK's types write null for unset fields
		var tree any
		if err := json.Unmarshal(text, &tree); err != nil {
			return nil, err
		}
		if text, err = json.Marshal(withoutNulls(tree)); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		return nil, err
	}
	return append(out.Bytes(), '\n'), nil
}

func withoutNulls(tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		for key, value := range v {
			if value == nil {
				delete(v, key)
			} else {
				v[key] = withoutNulls(value)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return tree
}
