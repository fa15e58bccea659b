package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An example is short, says how it is run, and is found in the index. */
final class IndexTest {

    private static final Path MAIN = Path.of("src/main/java/io/taskstore/examples");
    private static final Path TEST = Path.of("src/test/java/io/taskstore/examples/TestkitExampleTest.java");

    static List<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(MAIN)) {
            return Stream.concat(
                            files.filter(file -> !file.endsWith("package-info.java"))
                                    .sorted(),
                            Stream.of(TEST))
                    .toList();
        }
    }

    private static String name(Path example) {
        return example.getFileName().toString().replace(".java", "");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleIsShort(Path example) throws IOException {
        int limit = name(example).equals("HttpService") ? 200 : 80;
        assertThat(Files.readAllLines(example)).hasSizeLessThan(limit);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anExampleIsInTheIndexWithTheCommandThatItNamesItself(Path example) throws IOException {
        String index = Files.readString(Path.of("README.md"), StandardCharsets.UTF_8);
        List<String> commands = Files.readAllLines(example).stream()
                .filter(line -> line.startsWith(" * mvn "))
                .map(line -> line.substring(" * ".length()))
                .toList();

        assertThat(commands).first().asString().contains(name(example));
        assertThat(index.lines()).contains(commands.get(0));
        assertThat(index)
                .contains("| [" + name(example) + "](" + example.toString().replace('\\', '/') + ") | ");
    }
}
