package lab

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// job is what the tests need of a Kubernetes Job.
type job struct {
	Spec struct {
		CompletionMode       string `yaml:"completionMode"`
		Completions          int
		BackoffLimitPerIndex *int `yaml:"backoffLimitPerIndex"`
		Template             struct {
			Spec struct {
				RestartPolicy string `yaml:"restartPolicy"`
				Containers    []struct {
					Env           []struct{ Name, Value string }
					Command, Args []string
				}
			}
		}
	}
}

func readJob(t *testing.T, name string) (j job) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../deploy", name))
	if err == nil {
		err = yaml.Unmarshal(text, &j)
	}
	if err != nil || len(j.Spec.Template.Spec.Containers) != 1 {
		t.Fatalf("%s: %v; want a job with one container", name, err)
	}
	return j
}

// jobSchema compiles the schema of Jobs that Kubernetes has published. Like its server, with
// fieldValidation=Strict, it refuses fields that it does not know.
func jobSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("testdata/kubernetes-job.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	all := schema.(map[string]any)["components"].(map[string]any)["schemas"].(map[string]any)
	for _, each := range all {
		if one := each.(map[string]any); one["properties"] != nil {
			one["additionalProperties"] = false
		}
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("job.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("job.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func TestKubernetesKnowsTheJobs(t *testing.T) {
	schema := jobSchema(t)
	validate := func(text string) error {
		asJSON, err := yaml.YAMLToJSON([]byte(text))
		if err != nil {
			return err
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			return err
		}
		return schema.Validate(v)
	}
	for _, name := range []string{"kubernetes-job.yaml", "kubernetes-report.yaml"} {
		text, err := os.ReadFile(filepath.Join("../deploy", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(string(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for old, bad := range map[string]string{
			"restartPolicy: Never": "restartpolicy: Never", "claimName: locklab-results": "name: locklab-results",
			"requests: {cpu: \"1\",": "requests: {cpu: [1],", "image: locklab": "image: 1", "name: locklab\n          image": "image",
		} {
			changed := strings.ReplaceAll(string(text), old, bad)
			if changed == string(text) {
				t.Fatalf("%s has no %q", name, old)
			}
			if err := validate(changed); err == nil {
				t.Errorf("%s is valid with %q", name, bad)
			}
		}
	}
	// What the server requires besides, as its documentation says.
	j := readJob(t, "kubernetes-job.yaml")
	if s := j.Spec; s.CompletionMode != "Indexed" || s.BackoffLimitPerIndex == nil || s.Template.Spec.RestartPolicy != "Never" {
		t.Errorf("FailIndex is for indexed jobs with a limit per index and pods that are not begun again: %+v", s)
	}
	if env := j.environment(nil); env["SHARDS"] != fmt.Sprint(j.Spec.Completions) {
		t.Errorf("%s shards, but %d completions", env["SHARDS"], j.Spec.Completions)
	}
}

// environment returns the variables of the job's container, with other values for some.
func (j job) environment(other map[string]string) map[string]string {
	all := map[string]string{}
	for _, e := range j.Spec.Template.Spec.Containers[0].Env {
		all[e.Name] = e.Value
	}
	for name, value := range other {
		all[name] = value
	}
	return all
}

// pod runs the command of the job's container as it stands there, and kills it after a while; 0 means
// never.
func (j job) pod(t *testing.T, dir string, other map[string]string, after time.Duration) (status int, said string) {
	t.Helper()
	container := j.Spec.Template.Spec.Containers[0]
	command := append(container.Command, container.Args...)
	c := exec.Command(command[0], command[1:]...)
	c.Dir = dir
	c.Env = append(os.Environ(), "PATH="+filepath.Dir(buildCommand(t))+":"+os.Getenv("PATH"))
	for name, value := range j.environment(other) {
		c.Env = append(c.Env, name+"="+value)
	}
	var stderr bytes.Buffer
	c.Stderr = &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if after > 0 {
		time.AfterFunc(after, func() { c.Process.Signal(syscall.SIGKILL) })
	}
	c.Wait()
	return c.ProcessState.ExitCode(), stderr.String()
}

// The job's command, run for each index and begun again when it was killed, leaves shards that are,
// put together by the other job, the run that they are shards of. Only the variables are others: the
// volume's path, and fewer seeds.
func TestTheJobLeavesTheShardsOfARun(t *testing.T) {
	dir := t.TempDir()
	variables := map[string]string{"RESULTS": filepath.Join(dir, "results"), "SEEDS": "30"}
	shards := readJob(t, "kubernetes-job.yaml")
	for index := range shards.Spec.Completions {
		variables["JOB_COMPLETION_INDEX"] = fmt.Sprint(index)
		if index%3 == 0 {
			shards.pod(t, dir, variables, 300*time.Millisecond)
		}
		if status, said := shards.pod(t, dir, variables, 0); status != statusAsExpected {
			t.Fatalf("index %d ends with status %d and says\n%s", index, status, said)
		}
	}
	if status, said := readJob(t, "kubernetes-report.yaml").pod(t, dir, variables, 0); status != statusAsExpected {
		t.Fatalf("the report ends with status %d and says\n%s", status, said)
	}
	wholeOf(t, dir, strings.Join(shards.Spec.Template.Spec.Containers[0].Args, "\n"), variables["SEEDS"])
	sameRun(t, filepath.Join(dir, "out/latest"), filepath.Join(dir, "results/merged"))
}

var shardCommand = regexp.MustCompile(`locklab (run .*?) --shard`)

// wholeOf runs what a script runs in shards, as a whole.
func wholeOf(t *testing.T, dir, script, seeds string) {
	t.Helper()
	found := shardCommand.FindStringSubmatch(script)
	if found == nil {
		t.Fatalf("nothing is run in shards by\n%s", script)
	}
	args := strings.Fields(strings.ReplaceAll(found[1], `"$SEEDS"`, seeds))
	if status, _, said := command(t, dir, args...); status != statusAsExpected {
		t.Fatalf("the whole run ends with status %d and says\n%s", status, said)
	}
}
