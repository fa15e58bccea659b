package io.taskstore.crash;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Takes one guard after the other out of a copy of the project, and looks which test fails: tests that pass without what they
 * are about are no proof, and neither are tests that fail anyway: those that are to miss a guard are run with all of them first. Prints a
 * table, and ends with 1 if a mutant is not caught. Arguments are parts of the names of those to
 * plant, none for all, and {@code -o} for Maven without a network.
 */
public final class Mutants {

    private static final Pattern FAILED = Pattern.compile(
            "<testcase name=\"([^\"]*)\" classname=\"([^\"]*)\"[^>]*[^/]>\\s*(?:<system-out>.*?</system-out>\\s*)?"
                    + "<(?:failure|error)",
            Pattern.DOTALL);

    private final Path project;
    private final List<String> maven;

    private Mutants(Path project, boolean offline) {
        this.project = project;
        this.maven = offline ? List.of("mvn", "-B", "-ntp", "-o") : List.of("mvn", "-B", "-ntp");
    }

    /** Runs the program. */
    public static void main(String... arguments) throws IOException, InterruptedException {
        List<String> names =
                Stream.of(arguments).filter(one -> !one.startsWith("-")).toList();
        List<Mutant> chosen = Guards.ALL.stream()
                .filter(mutant -> names.isEmpty() || names.stream().anyMatch(mutant.name()::contains))
                .toList();
        Path copy = copyOf(root());
        boolean allCaught;
        try {
            Mutants mutants = new Mutants(copy, List.of(arguments).contains("-o"));
            allCaught = mutants.passWithoutAny(chosen) && mutants.areCaught(chosen);
        } finally {
            delete(copy);
        }
        System.exit(allCaught ? 0 : 1);
    }

    /** {@return whether each test is there, and none of them fails while nothing is missing} */
    private boolean passWithoutAny(List<Mutant> chosen) throws IOException, InterruptedException {
        Map<String, Set<String>> tests = new LinkedHashMap<>();
        for (Mutant mutant : chosen) {
            tests.computeIfAbsent(mutant.module(), module -> new LinkedHashSet<>())
                    .addAll(List.of(mutant.tests().split(",", -1)));
        }
        for (Map.Entry<String, Set<String>> some : tests.entrySet()) {
            String module = some.getKey();
            int code = test(module, String.join(",", some.getValue()));
            Optional<String> failed = failed(module);
            if (code != 0 || failed.isPresent()) {
                System.out.printf(
                        "with all guards, %s of %s%n",
                        failed.map(test -> test + " fails").orElse("the tests cannot be built or run"), module);
                return false;
            }
            for (String test : some.getValue()) {
                if (!wasRun(module, test)) {
                    System.out.printf("there is no %s in %s%n", test, module);
                    return false;
                }
            }
        }
        return true;
    }

    private boolean areCaught(List<Mutant> chosen) throws IOException, InterruptedException {
        boolean all = true;
        System.out.println("| without | caught by | after |\n|---|---|---:|");
        for (Mutant mutant : chosen) {
            all &= isCaughtIfItFits(mutant);
        }
        return all;
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("crash-tests/pom.xml"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException("to be run inside the project");
        }
        return folder;
    }

    private boolean isCaughtIfItFits(Mutant mutant) throws IOException, InterruptedException {
        try {
            return isCaught(mutant);
        } catch (IllegalStateException e) {
            System.out.printf("| %s | **nothing: it %s** | |%n", mutant.name(), e.getMessage());
            return false;
        }
    }

    private boolean isCaught(Mutant mutant) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Mutant.Planted planted = mutant.plantIn(project);
        try (planted) {
            int code = test(mutant.module(), mutant.tests());
            Optional<String> failed = failed(mutant.module());
            String by = failed.orElse(code == 0 ? "**nothing**" : "**no test: it could not be built**");
            long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
            System.out.printf("| %s | %s | %d s |%n", mutant.name(), by, seconds);
            return failed.isPresent();
        }
    }

    private int test(String module, String tests) throws IOException, InterruptedException {
        delete(reports(module));
        List<String> command = new ArrayList<>(maven);
        command.addAll(List.of("-Dquick", "-Dsurefire.skipAfterFailureCount=1", "-pl", module, "-am"));
        command.addAll(List.of("test", "-Dtest=" + tests));
        Process process = new ProcessBuilder(command)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(new File(project.toFile(), "mutant.log"))
                .start();
        return process.waitFor();
    }

    /** {@return the first test that failed} */
    private Optional<String> failed(String module) throws IOException {
        Path reports = reports(module);
        if (!Files.isDirectory(reports)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(reports)) {
            for (Path report : files.filter(file -> file.toString().endsWith(".xml"))
                    .sorted()
                    .toList()) {
                Matcher failed = FAILED.matcher(Files.readString(report));
                if (failed.find()) {
                    String type = failed.group(2);
                    return Optional.of("`" + type.substring(type.lastIndexOf('.') + 1) + "."
                            + failed.group(1).replaceAll("[({].*", "") + "`");
                }
            }
        }
        return Optional.empty();
    }

    private boolean wasRun(String module, String test) throws IOException {
        try (Stream<Path> files = Files.list(reports(module))) {
            return files.map(Path::toString).anyMatch(file -> file.matches(".*[.]" + test + "([$].*)?[.]xml"));
        }
    }

    private Path reports(String module) {
        return project.resolve(module).resolve("target/quick/surefire-reports");
    }

    private static Path copyOf(Path root) throws IOException {
        Path copy = Files.createTempDirectory("taskstore-mutants");
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                String name = folder.getFileName().toString();
                if (name.equals("target") || name.equals(".git")) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(copy.resolve(root.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, copy.resolve(root.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
        return copy;
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
