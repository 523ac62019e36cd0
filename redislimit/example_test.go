package redislimit_test

import (
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/redislimit"
)

// All instances that share the Redis count together. The first upload makes the first call to
// Redis.
func Example() {
	client := redis.NewClient(&redis.Options{Addr: "localhost:6379", ContextTimeoutEnabled: true})
	perDay := limit.Limits{Window: 24 * time.Hour, Files: 200, Bytes: 4 << 30}
	limiter, err := redislimit.New(client, perDay, &redislimit.Options{Prefix: "avatars:"})
	if err != nil {
		panic(err)
	}
	_, err = upload.New(&memstore.Store{}, upload.Images(nil), upload.AllowAnonymous, &upload.Options{Limiter: limiter})
	fmt.Println(err)
	// Output: <nil>
}
