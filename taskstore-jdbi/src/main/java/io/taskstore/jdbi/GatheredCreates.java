package io.taskstore.jdbi;

import io.taskstore.OutcomeUnknownException;
import io.taskstore.StorageFailedException;
import io.taskstore.jdbi.Creating.Answer;
import io.taskstore.jdbi.Creating.NewRow;
import io.taskstore.jdbi.Gathering.Member;
import java.util.List;
import java.util.UUID;

/** Stores the tasks of callers who come at the same time in one statement. */
final class GatheredCreates {

    private static final int MOST = 500;

    private final Transactions transactions;
    private final Creating creating;
    private final Gathering<NewRow, Answer> group;

    GatheredCreates(Transactions transactions, Creating creating, int lanes) {
        this.transactions = transactions;
        this.creating = creating;
        this.group = new Gathering<>(MOST, lanes, this::create);
    }

    Answer create(NewRow row) {
        return group.submit(row);
    }

    private void create(List<Member<NewRow, Answer>> members) {
        List<NewRow> rows = members.stream().map(Member::input).toList();
        try {
            List<Answer> answers = store(rows);
            for (int i = 0; i < answers.size(); i++) {
                members.get(i).answer(answers.get(i));
            }
        } catch (StorageFailedException e) {
            eachAlone(members, e);
        } catch (OutcomeUnknownException e) {
            members.forEach(member -> member.fail(
                    new OutcomeUnknownException("create", List.of(member.input().id()), e.getCause())));
        } catch (RuntimeException e) {
            members.forEach(member -> member.fail(e));
        }
    }

    private List<Answer> store(List<NewRow> rows) {
        List<UUID> ids = rows.stream().map(NewRow::id).toList();
        return transactions.writeOne(Call.of("create", ids), session -> creating.create(session, rows));
    }

    /** Only the one that the database does not take is to hear of it. */
    private void eachAlone(List<Member<NewRow, Answer>> members, StorageFailedException failure) {
        for (Member<NewRow, Answer> member : members) {
            try {
                if (members.size() == 1) {
                    throw failure;
                }
                member.answer(store(List.of(member.input())).get(0));
            } catch (RuntimeException e) {
                member.fail(e);
            }
        }
    }
}
