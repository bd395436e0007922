# The front door: every daily command. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The default java may be older, so a JDK 25 is looked for: $JAVA_HOME first, then where distributions put them.
JDK := $(shell for d in "$${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* "$${HOME:-}"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do \
  [ -x "$$d/bin/javac" ] && "$$d/bin/javac" -version 2>&1 | grep -q '^javac 25' && { echo "$$d"; break; }; done)
export JAVA_HOME := $(JDK)
export PATH := $(JDK)/bin:$(PATH)

# Maven 3.8 uses a method that JDK 25 warns about on every start.
export MAVEN_OPTS := --sun-misc-unsafe-memory-access=allow $(MAVEN_OPTS)
MVN := mvn -B -ntp -Dstyle.color=never
QUICK := $(MVN) -q -DskipTests
TESTBED := java --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -cp 'testbed/target/lockkeeper-testbed.jar:testbed/target/lib/*'
MINUTES ?= 30
# More options for Maven, such as -Dfcos.required=true.
MORE ?=
# For the image: its name, what builds it, and BASES=local for bases made of Debian's packages and this JDK, without a registry.
IMAGE ?= localhost/lockkeeper:dev
CONTAINER_TOOL ?= $(firstword $(foreach tool,buildah podman docker,$(shell command -v $(tool) >/dev/null && echo $(tool))))
BASES ?= public
# Share of the full size of the contention, crash and property tests: `make test` runs a tenth.
LONG := -Dlockkeeper.test.scale=1.0 -Dhistories=10000

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.PHONY: tools
tools: # Says what is missing before anything long starts
	@[ -n "$(JDK)" ] || { echo "No JDK 25 found: install one (for example Temurin 25) and set JAVA_HOME to it." >&2; exit 1; }
	@command -v mvn >/dev/null || { echo "Maven is missing: install Maven 3.8.7 or later." >&2; exit 1; }
	@if [ -z "$${LOCKKEEPER_TESTBED_BIN:-}" ]; then \
	  v=$$(go env GOVERSION 2>/dev/null | sed -E 's/^go1\.([0-9]+).*/\1/'); \
	  [ -n "$$v" ] && [ "$$v" -ge 26 ] || { echo "Go 1.26 or later is missing: the testbed compiles Kubernetes' own servers with it. Install Go, or set LOCKKEEPER_TESTBED_BIN to a folder that has them." >&2; exit 1; }; \
	fi

.PHONY: build
build: tools ## Compile and package everything, without tests
	@echo "Building Lockkeeper ..."
	@$(QUICK) install

.PHONY: binaries
binaries: build # The control plane's parts, compiled once and kept in the user's cache folder
	@$(TESTBED) dev.lockkeeper.testbed.control.Main binaries

.PHONY: test
test: binaries ## All tests: unit, property and system tests (a tenth of the long ones)
	@$(MVN) verify $(MORE)

.PHONY: test-long
test-long: binaries ## Everything at full size, and mutation tests
	@$(MVN) verify $(LONG)
	@$(MVN) -pl fleetlock,cincinnati -Pmutation test

.PHONY: demo
demo: binaries ## Watch a fleet of 12 machines reboot, slot by slot; KEEP=1 leaves it running
	@$(TESTBED) -Dlockkeeper.demo.keep=$(KEEP) dev.lockkeeper.testbed.demo.Demo

.PHONY: up
up: binaries ## Start a control plane on free loopback ports and print its kubeconfig
	@$(TESTBED) dev.lockkeeper.testbed.control.Main up

.PHONY: down
down: ## Stop the control plane of `make up`
	@$(TESTBED) dev.lockkeeper.testbed.control.Main down

.PHONY: kubeconfig
kubeconfig:
	@: "$${KUBECONFIG:?Set KUBECONFIG to the cluster that the operator is to work on (make up prints one)}"

.PHONY: run
run: kubeconfig build ## Run the operator against the cluster of KUBECONFIG
	@java -jar operator/target/quarkus-app/quarkus-run.jar

.PHONY: bench
bench: binaries ## Measure; figures go to docs/performance.md by hand
	@$(TESTBED) dev.lockkeeper.testbed.bench.Bench

.PHONY: soak
soak: binaries ## 30 minutes of 1,000 agents at 10 times their pace, with faults; MINUTES=5 for less
	@$(TESTBED) dev.lockkeeper.testbed.bench.Soak $(MINUTES)

.PHONY: image
image: container-tool build $(if $(filter local,$(BASES)),image-base) ## Build the container image IMAGE with buildah, podman or docker; BASES=local: without a registry
	@$(CONTAINER_TOOL) build --file image/Containerfile --tag $(IMAGE) \
	  --build-arg VERSION=$$(sed -n 's|^  <version>\(.*\)</version>|\1|p' pom.xml | head -1) \
	  --build-arg REVISION=$$(git rev-parse HEAD 2>/dev/null || echo unknown) \
	  $(if $(filter local,$(BASES)),--build-arg BASE=localhost/lockkeeper-base --build-arg BUILDER=localhost/lockkeeper-builder) .

.PHONY: image-base
image-base: container-tool # The image's bases for this architecture, of Debian's libc6 and the JDK found
	@image/base $(CONTAINER_TOOL)

.PHONY: container-tool
container-tool:
	@[ -n "$(CONTAINER_TOOL)" ] || { echo "Neither buildah, podman nor docker is there: install one to build an image." >&2; exit 1; }

.PHONY: image-test
image-test: binaries ## Only the test of the image; needs root, buildah and runc
	@$(MVN) -pl src/test verify -Dit.test=ImageIT -Dimage.required=true -Dfailsafe.failIfNoSpecifiedTests=false -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: format
format: tools ## Apply the formatter
	@$(MVN) -q spotless:apply

.PHONY: clean
clean: tools ## Remove build output (not the compiled control plane)
	@$(MVN) -q clean
