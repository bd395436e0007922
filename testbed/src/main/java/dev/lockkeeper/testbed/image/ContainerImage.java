package dev.lockkeeper.testbed.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockkeeper.testbed.monitor.Command;
import io.fabric8.kubernetes.client.Config;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** An image built by buildah in a storage of its own, and containers of it run by runc from bundles that are written here. */
public final class ContainerImage implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String NAME = "localhost/lockkeeper:test";
    private static final String WORKING = "lockkeeper-test";
    private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

    private final Path folder;
    private Path root;
    private JsonNode config;
    private long bytes;

    private ContainerImage(Path folder) {
        this.folder = folder;
    }

    /** What this machine lacks for it, in a sentence without its full stop; null if it lacks nothing. */
    public static String missing() {
        for (String tool : List.of("buildah", "runc", "apt-get", "dpkg-deb")) {
            if (Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                    .noneMatch(path -> Files.isExecutable(Path.of(path, tool)))) {
                return tool + " is not on the PATH";
            }
        }
        return "root".equals(System.getProperty("user.name")) ? null : "only root can run a container as any user";
    }

    /**
     * Builds what was last packaged, on bases made of this machine's packages and JDK.
     *
     * @param folder takes the images, about 1 GB while they are there
     * @param buildArguments more build arguments, such as {@code VERSION=1.2.3}
     */
    public static ContainerImage build(Path checkout, Path folder, String... buildArguments) throws IOException {
        ContainerImage image = new ContainerImage(folder);
        try {
            image.build(checkout, buildArguments);
            return image;
        } catch (IOException | RuntimeException e) {
            image.close();
            throw e;
        }
    }

    private void build(Path checkout, String... buildArguments) throws IOException {
        Files.writeString(
                folder.resolve("storage.conf"),
                "[storage]\ndriver = \"vfs\"\ngraphroot = \"" + folder.resolve("graph") + "\"\nrunroot = \""
                        + folder.resolve("run") + "\"\n");
        run(checkout, checkout.resolve("image/base").toString(), "buildah");
        List<String> build = new ArrayList<>(List.of(
                "buildah",
                "build",
                "--file=image/Containerfile",
                "--tag=" + NAME,
                "--build-arg=BASE=localhost/lockkeeper-base",
                "--build-arg=BUILDER=localhost/lockkeeper-builder"));
        Arrays.stream(buildArguments).forEach(argument -> build.add("--build-arg=" + argument));
        build.add(".");
        run(checkout, build.toArray(String[]::new));
        run(folder, "buildah", "from", "--pull-never", "--name=" + WORKING, NAME);
        root = Path.of(run(folder, "buildah", "mount", WORKING));
        config = JSON.readTree(run(folder, "buildah", "inspect", "--type=image", NAME))
                .at("/OCIv1/config");
        bytes = size(root);
    }

    private String run(Path in, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "env",
                "CONTAINERS_STORAGE_CONF=" + folder.resolve("storage.conf"),
                // Build steps need no container of their own, and where tests run there may be none to have.
                "BUILDAH_ISOLATION=chroot",
                "JAVA_HOME=" + System.getProperty("java.home")));
        all.addAll(List.of(command));
        return Command.run(in, LIMIT, all);
    }

    private static long size(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            long sum = 0;
            for (Path file : files.filter(f -> Files.isRegularFile(f) && !Files.isSymbolicLink(f))
                    .toList()) {
                sum += Files.size(file);
            }
            return sum;
        }
    }

    /** Where the image's files are. */
    public Path root() {
        return root;
    }

    /** What its files add up to. */
    public long bytes() {
        return bytes;
    }

    public Map<String, String> labels() {
        return JSON.convertValue(
                config.get("Labels"), JSON.getTypeFactory().constructMapType(Map.class, String.class, String.class));
    }

    public String user() {
        return config.get("User").asText();
    }

    public List<String> entryPoint() {
        List<String> words = new ArrayList<>();
        config.get("Entrypoint").forEach(word -> words.add(word.asText()));
        return words;
    }

    /**
     * The command that runs a container: the image's entry point as a user in group 0 without capabilities, in the host's network. It
     * finds the API server as a pod does, by variables and the files of its ServiceAccount.
     *
     * @param environment of a process of this machine: with {@code KUBECONFIG}
     * @param javaOptions for {@code JDK_JAVA_OPTIONS}
     */
    public List<String> command(String name, int user, Map<String, String> environment, String javaOptions) {
        try {
            Path bundle = Files.createDirectories(folder.resolve(name));
            Path files = Files.createDirectories(bundle.resolve("account"));
            Map<String, String> inside = new LinkedHashMap<>(environment);
            Config config = Config.fromKubeconfig(new File(inside.remove("KUBECONFIG")));
            Files.writeString(files.resolve("token"), config.getAutoOAuthToken());
            Files.writeString(files.resolve("namespace"), inside.get("LOCKKEEPER_NAMESPACE"));
            Files.write(
                    files.resolve("ca.crt"),
                    config.getCaCertData() == null
                            ? Files.readAllBytes(Path.of(config.getCaCertFile()))
                            : Base64.getMimeDecoder().decode(config.getCaCertData()));
            URI server = URI.create(config.getMasterUrl());
            inside.put("KUBERNETES_SERVICE_HOST", server.getHost());
            inside.put("KUBERNETES_SERVICE_PORT", Integer.toString(server.getPort()));
            inside.put("JDK_JAVA_OPTIONS", javaOptions);
            Files.writeString(
                    bundle.resolve("config.json"), bundle(user, inside, files).toString());
            return List.of(
                    "runc", "--root", folder.resolve("runc").toString(), "run", "--bundle", bundle.toString(), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ObjectNode bundle(int user, Map<String, String> environment, Path account) {
        ObjectNode bundle = JSON.createObjectNode().put("ociVersion", "1.0.2");
        ObjectNode process = bundle.putObject("process").put("cwd", "/").put("noNewPrivileges", true);
        process.putObject("user").put("uid", user).put("gid", 0);
        entryPoint().forEach(process.withArray("args")::add);
        environment.forEach((key, value) -> process.withArray("env").add(key + "=" + value));
        ObjectNode capabilities = process.putObject("capabilities");
        for (String set : List.of("bounding", "effective", "permitted", "inheritable", "ambient")) {
            capabilities.putArray(set);
        }
        bundle.putObject("root").put("path", root.toString()).put("readonly", true);
        ArrayNode mounts = bundle.putArray("mounts");
        mount(mounts, "/proc", "proc", "proc", "nosuid", "noexec", "nodev");
        mount(mounts, "/dev", "tmpfs", "tmpfs", "nosuid", "noexec", "mode=755", "size=64k", "ro");
        mount(mounts, ACCOUNT, "bind", account.toString(), "bind", "ro");
        ArrayNode namespaces = bundle.putObject("linux").putArray("namespaces");
        for (String type : List.of("pid", "ipc", "uts", "mount")) {
            namespaces.addObject().put("type", type);
        }
        return bundle;
    }

    private static void mount(ArrayNode mounts, String where, String type, String source, String... options) {
        ObjectNode mount =
                mounts.addObject().put("destination", where).put("type", type).put("source", source);
        Arrays.stream(options).forEach(mount.withArray("options")::add);
    }

    /** The host's number of a container's first process. */
    public long pid(String container) throws IOException {
        return JSON.readTree(Command.run(
                        folder,
                        LIMIT,
                        List.of("runc", "--root", folder.resolve("runc").toString(), "state", container)))
                .get("pid")
                .asLong();
    }

    public Map<String, String> processStatus(long pid) throws IOException {
        Map<String, String> status = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
            int colon = line.indexOf(':');
            status.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        return status;
    }

    /** Where in its mounts, but for /proc, a process could write. */
    public List<String> writableMounts(long pid) throws IOException {
        try (Stream<String> mounts = Files.lines(Path.of("/proc", Long.toString(pid), "mounts"))) {
            return mounts.map(line -> line.split(" "))
                    .filter(mount -> !mount[1].equals("/proc"))
                    .filter(mount -> !List.of(mount[3].split(",")).contains("ro"))
                    .map(mount -> mount[1])
                    .toList();
        }
    }

    /** Ends a container, if it still runs. */
    public void remove(String container) throws IOException {
        Command.run(
                folder,
                LIMIT,
                List.of("runc", "--root", folder.resolve("runc").toString(), "delete", "--force", container));
    }

    @Override
    public void close() {
        for (List<String> step :
                List.of(List.of("buildah", "rm", "--all"), List.of("buildah", "rmi", "--all", "--force"))) {
            try {
                run(folder, step.toArray(String[]::new));
            } catch (IOException | IllegalStateException e) {
                System.err.println("Images of a test may be left in " + folder + ": " + e.getMessage());
            }
        }
    }
}
