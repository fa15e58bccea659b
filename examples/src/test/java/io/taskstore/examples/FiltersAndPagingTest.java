package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class FiltersAndPagingTest {

    @Test
    void pagesHaveWhatPassesTheFilterAndDoNotShift(@TempDir Path folder) throws Exception {
        String printed = Printed.by(FiltersAndPaging::main, "jdbc:sqlite:" + folder.resolve("tasks.db"));

        assertThat(printed.lines())
                .containsExactly(
                        "Found: 10",
                        "A page: [Mail 28, Mail 26, Mail 22, Mail 20]",
                        "A page: [Mail 16, Mail 14, Mail 10, Mail 8]",
                        "A page: [Mail 4, Mail 2]",
                        "Deleted: 32");
    }
}
