package io.taskstore.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program in a process of its own, for those that are killed, or work beside another. */
final class Child implements AutoCloseable {

    private static final int PATIENCE = 50;

    private final Process process;
    private final BufferedReader out;
    private final List<String> printed = new ArrayList<>();

    private Child(Process process) {
        this.process = process;
        // a test that waits for a line cannot be interrupted
        CompletableFuture.delayedExecutor(PATIENCE, TimeUnit.SECONDS).execute(process::destroyForcibly);
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** {@return the program, which has begun} */
    static Child start(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
        command.addAll(List.of("-Dslf4j.internal.verbosity=ERROR", "-Dstdout.encoding=UTF-8", "-Dfile.encoding=UTF-8"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(program.getName());
        command.addAll(List.of(arguments));
        return new Child(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Waits until it has printed a line with the text. */
    void awaitLine(String text) throws IOException {
        while (printed.stream().noneMatch(line -> line.contains(text))) {
            String line = out.readLine();
            if (line == null) {
                throw new AssertionError("the program ended without \"" + text + "\", after\n" + printed());
            }
            printed.add(line);
        }
    }

    /** {@return what it printed until now, as far as it was read} */
    String printed() {
        return String.join("\n", printed);
    }

    /** Kills it as {@code kill -9} does. */
    void kill() throws Exception {
        boolean unused = process.toHandle().destroyForcibly();
        awaitEnd();
    }

    /** Asks it to end, as {@code kill} and Ctrl-C do. */
    void terminate() {
        boolean unused = process.toHandle().destroy();
    }

    /** Presses Enter. */
    void enter() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    /** {@return its exit code, after all that it printed was read} */
    int awaitEnd() throws IOException, InterruptedException {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            printed.add(line);
        }
        if (!process.waitFor(PATIENCE, TimeUnit.SECONDS)) {
            throw new AssertionError("the program does not end, after\n" + printed());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
