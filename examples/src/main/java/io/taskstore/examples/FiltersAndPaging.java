package io.taskstore.examples;

import io.taskstore.Cursor;
import io.taskstore.NewTask;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Finds tasks by what is known about them, and goes through them page by page while new ones come in.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.FiltersAndPaging
 * }</pre>
 */
public final class FiltersAndPaging {

    private static final TaskType<Integer> MAIL = TaskType.of("mail", Integer.class);

    private FiltersAndPaging() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in a temporary folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0
                ? arguments[0]
                : "jdbc:sqlite:" + Files.createTempDirectory("taskstore").resolve("tasks.db");

        try (TaskStore store = TaskStore.open(url)) {
            List<NewTask> mails = IntStream.rangeClosed(1, 30)
                    .mapToObj(FiltersAndPaging::mail)
                    .toList();
            store.tasks().submitAll(mails);

            TaskFilter filter = TaskFilter.all()
                    .type(MAIL)
                    .status(TaskStatus.PENDING)
                    .submittedBy("ada")
                    .metadata("tenant", "acme");
            System.out.println("Found: " + store.tasks().count(filter, 10_000)); // more would be "10,000+"

            PageRequest request = PageRequest.first(4); // the newest first
            Page page = store.tasks().list(filter, request);
            print(page);
            for (Optional<Cursor> next = page.next(); next.isPresent(); next = page.next()) {
                store.tasks().submit(mail(100)); // comes before the first page, and shifts none of the others
                String inAUrl = next.get().toString();
                page = store.tasks().list(filter, request.after(Cursor.parse(inAUrl)));
                print(page);
            }

            System.out.println(
                    "Deleted: " + store.tasks().delete(TaskFilter.all().type(MAIL)));
        }
    }

    private static NewTask mail(int number) {
        return NewTask.of(MAIL, number)
                .title("Mail " + number)
                .submittedBy(number % 2 == 0 ? "ada" : "bob")
                .metadata("tenant", number % 3 == 0 ? "globex" : "acme");
    }

    private static void print(Page page) {
        System.out.println("A page: "
                + page.tasks().stream()
                        .map(Task::title)
                        .map(Optional::orElseThrow)
                        .toList());
    }
}
