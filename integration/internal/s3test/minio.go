package s3test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// startMinIO runs a MinIO over a temporary directory, with its profile.
func startMinIO(s Server, program string) (Server, func() error, error) {
	dir, err := os.MkdirTemp("", "s3test-minio-")
	if err != nil {
		return s, nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return s, nil, errors.Join(err, os.RemoveAll(dir))
	}
	cmd := exec.Command(program, "server", "--quiet", "--address", addr, "--config-dir", dir+"/config", dir+"/data")
	cmd.Env = append(os.Environ(), "MINIO_ROOT_USER="+s.AccessKey, "MINIO_ROOT_PASSWORD="+s.SecretKey, "MINIO_REGION="+s.Region,
		"MINIO_BROWSER=off", "MINIO_UPDATE=off")
	if events != "" {
		cmd.Env = append(cmd.Env, "MINIO_NOTIFY_WEBHOOK_ENABLE_TEST=on", "MINIO_NOTIFY_WEBHOOK_ENDPOINT_TEST="+events)
	}
	if err := cmd.Start(); err != nil {
		return s, nil, fmt.Errorf("UPLOAD_TEST_MINIO: %w", errors.Join(err, os.RemoveAll(dir)))
	}
	stop := func() error {
		killed := cmd.Process.Kill()
		_ = cmd.Wait() // its error is that it was killed
		return errors.Join(killed, os.RemoveAll(dir))
	}
	s.Endpoint, s.Kind = "http://"+addr, "minio"
	if err := awaitHealth(s.Endpoint + "/minio/health/ready"); err != nil {
		return s, nil, errors.Join(err, stop())
	}
	return s, stop, nil
}
