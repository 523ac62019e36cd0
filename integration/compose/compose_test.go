package compose_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/stretchr/testify/require"
)

// TestCompose checks that examples/compose.yaml is valid for Compose, opens no port to other
// machines, and has the settings of clamd that docs/production.md asks for.
func TestCompose(t *testing.T) {
	const file = "../../examples/compose.yaml"
	opts, err := cli.NewProjectOptions([]string{file})
	require.NoError(t, err)
	project, err := opts.LoadProject(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"s3", "clamd"}, project.ServiceNames())

	text, err := os.ReadFile(file)
	require.NoError(t, err)
	command := regexp.MustCompile(`(?m)^#\s+go run .*$`).FindString(string(text))
	for name, service := range project.Services {
		require.Regexp(t, `^[a-z]+/[a-z]+:v?\d+\.\d+`, service.Image, name)
		require.Len(t, service.Ports, 1, name)
		require.Equal(t, "127.0.0.1", service.Ports[0].HostIP, name)
		require.Contains(t, command, "localhost:"+service.Ports[0].Published, name)
	}
	secret := project.Services["s3"].Environment["ROOT_SECRET_KEY"]
	require.NotNil(t, secret)
	require.Contains(t, string(text), "AWS_SECRET_ACCESS_KEY="+*secret)

	page, err := os.ReadFile("../../docs/production.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "clamd takes no comment after a value:\n\n```\n")
	require.True(t, found)
	lines, _, _ := strings.Cut(rest, "```")
	require.Contains(t, project.Configs["clamd"].Content, lines)
	require.Equal(t, "/etc/clamav/clamd.conf", project.Services["clamd"].Configs[0].Target)
}
