package s3bucket

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// corsMaxAge is how many seconds a browser may cache the rule.
const corsMaxAge = 3600

// CORS returns the rule that lets pages of [Layout].Origins send files to the bucket, nil if there
// are none or no StagingPrefixes. It allows only what is signed. Pages whose scripts read links
// also need GET, in a rule of their own.
func (b *Bucket) CORS() *types.CORSConfiguration {
	if !b.direct() || len(b.layout.Origins) == 0 {
		return nil
	}
	return &types.CORSConfiguration{CORSRules: []types.CORSRule{{
		ID:             aws.String(ruleID("cors", b.layout.staging()...)),
		AllowedOrigins: slices.Clone(b.layout.Origins),
		AllowedMethods: b.corsMethods(),
		AllowedHeaders: slices.Clone(b.headers),
		ExposeHeaders:  []string{"ETag"}, // of parts
		MaxAgeSeconds:  aws.Int32(corsMaxAge),
	}}}
}

func (b *Bucket) corsMethods() []string {
	var methods []string
	_, part, form := b.opts.Profile.Signs()
	if part {
		methods = append(methods, http.MethodPut) // for parts, and also for whole files
	}
	if form {
		methods = append(methods, http.MethodPost)
	}
	return methods
}

// missingIn returns what a bucket's CORS rules do not let pages of an origin do, "" if the pages
// may send files. S3 applies the first rule that fits a request.
func (b *Bucket) missingIn(rules []types.CORSRule, origin string) string {
	for _, method := range b.corsMethods() {
		i := slices.IndexFunc(rules, func(r types.CORSRule) bool {
			return anyMatches(r.AllowedOrigins, origin) && slices.Contains(r.AllowedMethods, method) && len(notAllowed(r, b.headers)) == 0
		})
		switch {
		case i < 0:
			return method + " with the header fields " + strings.Join(b.headers, ", ")
		case method == http.MethodPut && !anyMatches(rules[i].ExposeHeaders, "ETag"):
			return "reading the ETag of a part"
		}
	}
	return ""
}

func notAllowed(r types.CORSRule, headers []string) []string {
	return slices.DeleteFunc(slices.Clone(headers), func(h string) bool { return anyMatches(r.AllowedHeaders, h) })
}

// anyMatches reports whether one of the patterns, which can have a "*" each, matches word, whatever
// the case of letters.
func anyMatches(patterns []string, word string) bool {
	word = strings.ToLower(word)
	return slices.ContainsFunc(patterns, func(p string) bool {
		before, after, wild := strings.Cut(strings.ToLower(p), "*")
		if !wild {
			return before == word
		}
		return len(word) >= len(before)+len(after) && strings.HasPrefix(word, before) && strings.HasSuffix(word, after)
	})
}

// ruleID names a rule of ours. The id depends on the prefixes, so that applications that share a
// bucket and have other prefixes do not replace each other's rules.
func ruleID(kind string, prefixes ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(prefixes, "\x00")))
	return "airlock-upload-" + kind + "-" + hex.EncodeToString(sum[:6])
}
