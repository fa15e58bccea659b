package io.taskstore.testkit;

import static io.taskstore.TaskOrder.HIGHEST_PRIORITY_FIRST;
import static io.taskstore.TaskOrder.LAST_UPDATED_FIRST;
import static io.taskstore.TaskOrder.NEWEST_FIRST;
import static io.taskstore.TaskOrder.OLDEST_FIRST;
import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.drafts;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Count;
import io.taskstore.Cursor;
import io.taskstore.NewTask;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskEdit;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** In which order lists come, how they are cut into pages while tasks come and go, and how tasks are counted and found. */
abstract class ListingContract extends PortContract {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int MOST_PAGES = 100;

    /** Ascending as text. As numbers with a sign, in either half, they are in another order. */
    private static final List<UUID> IDS = List.of(
            UUID.fromString("00000000-0000-0000-0000-000000000000"),
            UUID.fromString("00000000-0000-7000-0fff-ffffffffffff"),
            UUID.fromString("00000000-0000-7000-8000-000000000001"),
            UUID.fromString("00000000-0000-7000-ffff-ffffffffffff"),
            UUID.fromString("0a000000-0000-7000-8000-000000000000"),
            UUID.fromString("7fffffff-ffff-7fff-bfff-ffffffffffff"),
            UUID.fromString("80000000-0000-7000-8000-000000000000"),
            UUID.fromString("a0000000-0000-7000-8000-000000000000"),
            UUID.fromString("ffffffff-ffff-ffff-7fff-ffffffffffff"),
            UUID.fromString("ffffffff-ffff-ffff-ffff-ffffffffffff"));

    ListingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void theOldestComeFirst() {
        List<UUID> ids = createOneASecond(4);

        assertThat(list(OLDEST_FIRST)).isEqualTo(ids);
    }

    @Test
    void theNewestComeFirst() {
        List<UUID> ids = createOneASecond(4);

        assertThat(list(NEWEST_FIRST)).isEqualTo(backwards(ids));
    }

    @Test
    void aMicrosecondMakesATaskNewer() {
        create(newTask().id(IDS.get(9)));
        clock.advance(Duration.ofNanos(1_000));
        create(newTask().id(IDS.get(0)));

        assertThat(list(OLDEST_FIRST)).containsExactly(IDS.get(9), IDS.get(0));
    }

    @Test
    void theLatestUpdatedComeFirst() {
        List<UUID> ids = createOneASecond(4);
        tasks().update(ids.get(1), 1, TaskEdit.nothing().title("other"));
        clock.advance(SECOND);
        run(read(ids.get(0)));

        assertThat(list(LAST_UPDATED_FIRST)).containsExactly(ids.get(0), ids.get(1), ids.get(3), ids.get(2));
    }

    @Test
    void theHighestPriorityComesFirstAndThenTheOldest() {
        List<UUID> ids = new ArrayList<>();
        for (int priority : new int[] {0, -1_000, 5, 0, 1_000, -1}) {
            ids.add(create(newTask().priority(priority)).id());
            clock.advance(SECOND);
        }

        assertThat(list(HIGHEST_PRIORITY_FIRST))
                .containsExactly(ids.get(4), ids.get(2), ids.get(0), ids.get(3), ids.get(5), ids.get(1));
    }

    @Test
    void theOldestOfOneMomentComeByTheTextOfTheirIds() {
        createShuffled();

        assertThat(list(OLDEST_FIRST)).isEqualTo(IDS);
    }

    @Test
    void theNewestOfOneMomentComeByTheTextOfTheirIdsBackwards() {
        createShuffled();

        assertThat(list(NEWEST_FIRST)).isEqualTo(backwards(IDS));
    }

    @Test
    void theLatestUpdatedOfOneMomentComeByTheTextOfTheirIdsBackwards() {
        createShuffled();

        assertThat(list(LAST_UPDATED_FIRST)).isEqualTo(backwards(IDS));
    }

    @Test
    void tasksOfOnePriorityAndMomentComeByTheTextOfTheirIds() {
        createShuffled();

        assertThat(list(HIGHEST_PRIORITY_FIRST)).isEqualTo(IDS);
    }

    @Test
    void pagesCutATieOfTheNewestWithoutLossOrRepetition() {
        createShuffled();

        assertThat(follow(request(3, NEWEST_FIRST), page -> {})).isEqualTo(backwards(IDS));
    }

    @Test
    void pagesCutATieOfTheOldestWithoutLossOrRepetition() {
        createShuffled();

        assertThat(follow(request(3, OLDEST_FIRST), page -> {})).isEqualTo(IDS);
    }

    @Test
    void pagesOfOneTaskEachGiveThemAll() {
        createInTies(8);

        assertThat(follow(request(1, NEWEST_FIRST), page -> {})).isEqualTo(list(NEWEST_FIRST));
        assertThat(follow(request(1, OLDEST_FIRST), page -> {})).isEqualTo(list(OLDEST_FIRST));
    }

    @Test
    void pagesOfTheNewestStayRightWhileTasksAreCreated() {
        assertNothingIsMissed(NEWEST_FIRST, this::createMore);
    }

    @Test
    void pagesOfTheOldestStayRightWhileTasksAreCreated() {
        assertNothingIsMissed(OLDEST_FIRST, this::createMore);
    }

    @Test
    void pagesOfTheNewestStayRightWhileTheTaskAtTheirEndIsDeleted() {
        assertNothingIsMissed(NEWEST_FIRST, this::deleteLast);
    }

    @Test
    void pagesOfTheOldestStayRightWhileTheTaskAtTheirEndIsDeleted() {
        assertNothingIsMissed(OLDEST_FIRST, this::deleteLast);
    }

    @Test
    void pagesOfTheNewestStayRightWhileAllThatWasSeenIsDeleted() {
        assertNothingIsMissed(NEWEST_FIRST, this::deleteAll);
    }

    @Test
    void pagesOfTheOldestStayRightWhileAllThatWasSeenIsDeleted() {
        assertNothingIsMissed(OLDEST_FIRST, this::deleteAll);
    }

    @Test
    void pagesOfTheNewestStayRightWhileTasksAreUpdated() {
        assertNothingIsMissed(NEWEST_FIRST, page -> updateAll());
    }

    @Test
    void pagesOfTheOldestStayRightWhileTasksAreUpdated() {
        assertNothingIsMissed(OLDEST_FIRST, page -> updateAll());
    }

    @Test
    void aTaskThatIsDeletedBeforeItsPageComesDoesNotDisturbTheOthers() {
        List<UUID> ids = createInTies(12);
        UUID gone = ids.get(6);

        List<UUID> seen = follow(
                request(3, OLDEST_FIRST),
                page -> tasks().delete(TaskFilter.all().id(gone)));

        assertThat(seen).hasSize(11).doesNotContain(gone);
    }

    @Test
    void pagesOfAFilterStayRightWhileTasksBeginAndCeaseToPassIt() {
        List<UUID> ids = createInTies(20);
        List<UUID> staying = ids.subList(0, 12);
        List<UUID> leaving = new ArrayList<>(ids.subList(12, 20));

        List<UUID> seen = follow(TaskFilter.all().status(TaskStatus.PENDING), request(3, NEWEST_FIRST), page -> {
            if (!leaving.isEmpty()) {
                UUID id = leaving.remove(0);
                tasks().transition(id, read(id).version(), TaskStatus.CANCELLED, null);
            }
        });

        assertThat(seen).doesNotHaveDuplicates().containsAll(staying);
    }

    @Test
    void aPageOfAFilterGoesOnBehindTheLastThatPassed() {
        List<UUID> passing = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            Task task = create(newTask().queue(i % 2 == 0 ? "even" : "odd"));
            if (i % 2 == 0) {
                passing.add(task.id());
            }
        }

        List<UUID> seen = follow(TaskFilter.all().queue("even"), request(2, OLDEST_FIRST), page -> {});

        assertThat(seen).isEqualTo(passing);
    }

    @Test
    void aCursorThatTravelledAsTextLeadsToTheSamePlace() {
        createInTies(6);
        PageRequest first = request(3, NEWEST_FIRST);
        Cursor next = page(first).next().orElseThrow();

        Page second = page(first.after(Cursor.parse(next.toString())));

        assertThat(ids(second)).isEqualTo(list(NEWEST_FIRST).subList(3, 6));
    }

    @Test
    void aCursorMayStandWhereNoTaskIs() {
        List<UUID> ids = createOneASecond(4);
        Cursor between = new Cursor(read(ids.get(1)).createdAt().plus(Duration.ofMillis(1)), CountingIds.number(1));

        assertThat(ids(page(request(10, OLDEST_FIRST).after(between)))).isEqualTo(ids.subList(2, 4));
        assertThat(ids(page(request(10, NEWEST_FIRST).after(between)))).containsExactly(ids.get(1), ids.get(0));
    }

    @Test
    void behindTheLastTaskThereIsNothing() {
        List<UUID> ids = createOneASecond(3);

        Page page = page(request(3, OLDEST_FIRST).after(Cursor.after(read(ids.get(2)))));

        assertThat(page).isEqualTo(new Page(List.of(), Optional.empty(), false));
    }

    @Test
    void aPageThatTakesEveryTaskIsTheLast() {
        createOneASecond(3);

        Page page = page(request(3, NEWEST_FIRST));

        assertThat(page.tasks()).hasSize(3);
        assertThat(page.hasMore()).isFalse();
        assertThat(page.next()).isEmpty();
    }

    @Test
    void aPageThatLeavesOneTaskSaysWhereItIs() {
        createOneASecond(4);

        Page page = page(request(3, NEWEST_FIRST));

        assertThat(page.tasks()).hasSize(3);
        assertThat(page.hasMore()).isTrue();
        assertThat(page.next()).contains(Cursor.after(page.tasks().get(2)));
    }

    @Test
    void aLastPageThatIsFullSaysThatThereIsNoMore() {
        createOneASecond(6);
        PageRequest first = request(3, OLDEST_FIRST);

        Page last = page(first.after(page(first).next().orElseThrow()));

        assertThat(last.tasks()).hasSize(3);
        assertThat(last.hasMore()).isFalse();
        assertThat(last.next()).isEmpty();
    }

    @Test
    void whatDoesNotPassTheFilterIsNoMore() {
        createOneASecond(3);
        create(newTask().queue("other"));

        Page page = tasks().list(TaskFilter.all().queue(NewTask.DEFAULT_QUEUE), request(3, NEWEST_FIRST));

        assertThat(page.hasMore()).isFalse();
    }

    @Test
    void anEmptyListHasNoMore() {
        for (TaskOrder order : TaskOrder.values()) {
            assertThat(page(request(1, order))).isEqualTo(new Page(List.of(), Optional.empty(), false));
        }
    }

    @Test
    void aPageInAnOrderThatChangesHasMoreButNoCursor() {
        createOneASecond(3);

        for (TaskOrder order : List.of(LAST_UPDATED_FIRST, HIGHEST_PRIORITY_FIRST)) {
            Page page = page(request(2, order));

            assertThat(page.hasMore()).isTrue();
            assertThat(page.next()).isEmpty();
        }
    }

    @Test
    void aPageTakesAThousandTasks() {
        tasks().createAll(drafts(1_001));

        Page page = page(request(1_000, NEWEST_FIRST));

        assertThat(page.tasks()).hasSize(1_000);
        assertThat(page.hasMore()).isTrue();
    }

    @Test
    void offsetsCutEachOrderIntoPages() {
        createInTies(10);

        for (TaskOrder order : TaskOrder.values()) {
            List<UUID> seen = new ArrayList<>();
            for (int offset = 0; offset < 10; offset += 4) {
                Page page = page(request(4, order).offset(offset));
                seen.addAll(ids(page));
                assertThat(page.hasMore()).isEqualTo(offset < 8);
            }
            assertThat(seen).isEqualTo(list(order));
        }
    }

    @Test
    void anOffsetLeavesOutWhatPassesTheFilterOnly() {
        create(newTask().queue("other"));
        List<UUID> ids = createOneASecond(3);

        Page page = tasks().list(
                        TaskFilter.all().queue(NewTask.DEFAULT_QUEUE),
                        request(10, OLDEST_FIRST).offset(1));

        assertThat(ids(page)).isEqualTo(ids.subList(1, 3));
    }

    @Test
    void anOffsetUpToTheLastTaskLeavesIt() {
        List<UUID> ids = createOneASecond(5);

        Page page = page(request(1, OLDEST_FIRST).offset(4));

        assertThat(ids(page)).containsExactly(ids.get(4));
        assertThat(page.hasMore()).isFalse();
    }

    @Test
    void anOffsetBehindTheLastTaskLeavesNothing() {
        createOneASecond(5);

        for (long offset : new long[] {5, 6, 1_000_000, Long.MAX_VALUE}) {
            assertThat(page(request(1_000, OLDEST_FIRST).offset(offset)))
                    .isEqualTo(new Page(List.of(), Optional.empty(), false));
        }
    }

    @Test
    void aPageBehindAnOffsetLeadsOnByCursor() {
        List<UUID> ids = createOneASecond(5);
        PageRequest request = request(2, OLDEST_FIRST);

        Cursor next = page(request.offset(1)).next().orElseThrow();

        assertThat(ids(page(request.after(next)))).isEqualTo(ids.subList(3, 5));
    }

    @Test
    void aCountSaysHowManyThereAre() {
        createOneASecond(3);
        create(newTask().queue("other"));

        assertThat(tasks().count(TaskFilter.all().queue(NewTask.DEFAULT_QUEUE), 10))
                .isEqualTo(new Count(3, false));
    }

    @Test
    void aCountOfNothingIsZero() {
        assertThat(tasks().count(TaskFilter.all(), 1)).isEqualTo(new Count(0, false));
    }

    @Test
    void aCountStopsAtItsCap() {
        createOneASecond(4);

        assertThat(tasks().count(TaskFilter.all(), 3)).isEqualTo(new Count(3, true));
        assertThat(tasks().count(TaskFilter.all(), 1)).isEqualTo(new Count(1, true));
    }

    @Test
    void aCountThatIsItsCapIsExact() {
        createOneASecond(3);

        assertThat(tasks().count(TaskFilter.all(), 3)).isEqualTo(new Count(3, false));
    }

    @Test
    void aCountNeedsNoCap() {
        createOneASecond(3);

        assertThat(tasks().count(TaskFilter.all(), Long.MAX_VALUE)).isEqualTo(new Count(3, false));
    }

    @Test
    void tasksAreFoundByTheirIds() {
        List<UUID> ids = createOneASecond(4);

        assertThat(tasks().find(List.of(ids.get(2), ids.get(0))))
                .extracting(Task::id)
                .containsExactlyInAnyOrder(ids.get(0), ids.get(2));
    }

    @Test
    void anIdThatComesTwiceIsFoundOnce() {
        UUID id = create().id();

        assertThat(tasks().find(List.of(id, id, id))).hasSize(1);
    }

    @Test
    void unknownIdsAreLeftOut() {
        UUID id = create().id();

        assertThat(tasks().find(List.of(CountingIds.number(1), id, CountingIds.number(2))))
                .extracting(Task::id)
                .containsExactly(id);
        assertThat(tasks().find(CountingIds.number(1))).isEmpty();
    }

    @Test
    void noIdsFindNothing() {
        create();

        assertThat(tasks().find(List.of())).isEmpty();
    }

    @Test
    void thousandsOfIdsFindTheirTasks() {
        List<UUID> ids = new ArrayList<>();
        tasks().createAll(drafts(1_500))
                .forEach(created -> ids.add(created.task().id()));
        List<UUID> wanted = new ArrayList<>(ids);
        for (int i = 0; i < 40_000; i++) {
            wanted.add(CountingIds.number(i));
        }

        assertThat(tasks().find(wanted)).extracting(Task::id).containsExactlyInAnyOrderElementsOf(ids);
    }

    private static PageRequest request(int limit, TaskOrder order) {
        return PageRequest.first(limit).order(order);
    }

    private Page page(PageRequest request) {
        return tasks().list(TaskFilter.all(), request);
    }

    private List<UUID> list(TaskOrder order) {
        return ids(page(request(1_000, order)));
    }

    private static List<UUID> ids(Page page) {
        return page.tasks().stream().map(Task::id).toList();
    }

    private static List<UUID> backwards(List<UUID> ids) {
        List<UUID> backwards = new ArrayList<>(ids);
        Collections.reverse(backwards);
        return backwards;
    }

    private List<UUID> createOneASecond(int number) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            clock.advance(SECOND);
            ids.add(create().id());
        }
        clock.advance(SECOND);
        return ids;
    }

    /** Four tasks at each moment. */
    private List<UUID> createInTies(int number) {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            clock.advance(i % 4 == 0 ? SECOND : Duration.ZERO);
            ids.add(create().id());
        }
        return ids;
    }

    /** One task for each of the ids, all at one moment. */
    private void createShuffled() {
        for (int place : new int[] {7, 0, 9, 3, 5, 1, 8, 2, 6, 4}) {
            create(newTask().id(IDS.get(place)));
        }
    }

    private List<UUID> follow(PageRequest first, Consumer<Page> between) {
        return follow(TaskFilter.all(), first, between);
    }

    /** {@return all that a caller sees who follows the pages to their end, with something done after each} */
    private List<UUID> follow(TaskFilter filter, PageRequest first, Consumer<Page> between) {
        List<UUID> seen = new ArrayList<>();
        Page page = tasks().list(filter, first);
        for (int pages = 1; pages < MOST_PAGES; pages++) {
            seen.addAll(ids(page));
            assertThat(page.next().isPresent()).isEqualTo(page.hasMore());
            if (page.next().isEmpty()) {
                return seen;
            }
            between.accept(page);
            page = tasks().list(filter, first.after(page.next().orElseThrow()));
        }
        throw new AssertionError("the pages do not end");
    }

    private void assertNothingIsMissed(TaskOrder order, Consumer<Page> between) {
        List<UUID> thereAtFirst = createInTies(18);
        int[] pages = {0};

        List<UUID> seen = follow(request(3, order), page -> {
            if (pages[0]++ < 5) {
                between.accept(page);
            }
        });

        assertThat(seen).doesNotHaveDuplicates().containsAll(thereAtFirst);
    }

    /** One at the moment of the newest, with the least id and with the greatest, and some later. */
    private void createMore(Page page) {
        long number = page.tasks().get(0).id().getLeastSignificantBits() >>> 16;
        TaskDraft least = draft(newTask().id(CountingIds.number(number)));
        TaskDraft greatest = draft(newTask().id(new UUID(-1, number)));
        tasks().createAll(List.of(least, greatest));
        clock.advance(SECOND);
        create();
    }

    private void deleteLast(Page page) {
        delete(List.of(page.tasks().get(2)));
    }

    private void deleteAll(Page page) {
        delete(page.tasks());
    }

    private void delete(List<Task> seen) {
        List<UUID> ids = seen.stream().map(Task::id).toList();
        assertThat(tasks().delete(TaskFilter.all().ids(ids)).count()).isEqualTo(ids.size());
    }

    /** Whatever may change of a task: its title, its priority, its status. */
    private void updateAll() {
        clock.advance(SECOND);
        for (UUID id : list(OLDEST_FIRST)) {
            Task task = read(id);
            if (task.status() == TaskStatus.PENDING) {
                tasks().update(
                                id,
                                task.version(),
                                TaskEdit.nothing().title("at " + clock).priority((int) (task.version() * 7 % 5)));
            }
        }
        run(create());
    }
}
