// The settings page of Segue. Jellyfin's client imports this module and calls its default export with the page's element.

const PLUGIN_ID = '8f6c1d5e-4f0b-4c55-9a0e-5e9c2a7d3b11';
const TASKS = { segueAnalyse: 'SegueAnalyseMusic', seguePlaylists: 'SegueMakePlaylists', segueSoundtracks: 'SegueMakeSoundtracks' };
const SCHEDULED = 'SegueBuildPlaylists';
const PLAYLISTS_SCRIPT = 'SeguePlaylists.js';
const MODELS_SCRIPT = 'SegueModels.js';
const BUSY_MS = 1000;
const IDLE_MS = 30000;

// After a change of one of these all music is heard again.
const HEARING = ['Patches', 'Precision'];

// Kinds of libraries that hold films. One without a kind may.
const FILM_LIBRARIES = ['', 'movies', 'homevideos', 'musicvideos', 'mixed'];

export default function (view) {
  const find = (id) => view.querySelector('#' + id);
  let shown = false;
  let timer = 0;
  let failuresShown = -1;
  let wasBusy = false;
  let playlists = null;
  let models = null;

  // Status

  function setText(id, text) {
    find(id).textContent = text;
  }

  function setMessage(id, text) {
    setText(id, text || '');
    find(id).hidden = !text;
  }

  function formatBytes(bytes) {
    const units = ['B', 'kB', 'MB', 'GB'];
    let unit = 0;
    while (bytes >= 1000 && unit < units.length - 1) {
      bytes /= 1000;
      unit++;
    }

    return bytes.toLocaleString(undefined, { maximumFractionDigits: unit ? 1 : 0 }) + ' ' + units[unit];
  }

  function formatDuration(seconds) {
    const minutes = Math.ceil(seconds / 60);
    return minutes < 60 ? minutes + ' min' : Math.floor(minutes / 60) + ' h ' + (minutes % 60) + ' min';
  }

  function describeActivity(status) {
    const progress = status.Progress;
    if (!progress) {
      return status.Ready ? 'Idle.' : '';
    }

    let text = (status.Activity === 'Paused' ? 'Paused: ' : 'Analysing: ')
      + progress.Done.toLocaleString() + ' of ' + progress.Total.toLocaleString();
    if (status.Activity !== 'Paused' && progress.Done > 0 && progress.Done < progress.Total) {
      text += ', about ' + formatDuration(progress.ElapsedSeconds / progress.Done * (progress.Total - progress.Done)) + ' left';
    }

    return text + '.';
  }

  function showStatus(status) {
    setMessage('segueProblem', status.Problem);
    setMessage('segueNotice', status.Notice);
    setText('segueSongs', status.Songs.toLocaleString());
    setText('seguePending', status.Pending.toLocaleString());
    setText('segueFailed', status.Failures.toLocaleString());
    setText('segueHours', Math.round(status.AudioSeconds / 3600).toLocaleString());
    setText('segueSize', formatBytes(status.DatabaseBytes));
    setText('segueActivity', describeActivity(status));
    setText('segueVersions', ['Plugin ' + status.Version, status.NativeVersion && 'engine ' + status.NativeVersion, status.Backend]
      .filter(Boolean).join(' · '));

    const percent = status.Progress && status.Progress.Total ? 100 * status.Progress.Done / status.Progress.Total : 0;
    const box = find('segueBarBox');
    box.hidden = !status.Progress;
    box.setAttribute('aria-valuenow', String(Math.round(percent)));
    find('segueBar').style.width = percent + '%';
  }

  function showFailures(failures, total) {
    const rows = failures.map((failure) => {
      const row = document.createElement('tr');
      for (const text of [failure.Path, failure.Reason, failure.Detail]) {
        const cell = document.createElement('td');
        cell.textContent = text;
        row.append(cell);
      }

      return row;
    });
    find('segueFailures').replaceChildren(...rows);
    const more = total - rows.length;
    setMessage('segueFailuresMore', more > 0 ? 'and ' + more.toLocaleString() + ' more' : '');
    find('segueFailuresBox').hidden = rows.length === 0;
  }

  async function findTasks() {
    const tasks = await ApiClient.getJSON(ApiClient.getUrl('ScheduledTasks'));
    return tasks.filter((task) => Object.values(TASKS).includes(task.Key) || task.Key === SCHEDULED);
  }

  function showTasks(tasks) {
    for (const [button, key] of Object.entries(TASKS)) {
      const task = tasks.find((candidate) => candidate.Key === key);
      find(button).disabled = !task || task.State !== 'Idle';
    }

    const failed = tasks.filter((task) => task.LastExecutionResult && task.LastExecutionResult.Status === 'Failed');
    const running = tasks.filter((task) => task.State !== 'Idle' && task.Key !== TASKS.segueAnalyse);
    setText('segueTask', [
      ...running.map((task) => task.Name + ': ' + Math.round(task.CurrentProgressPercentage || 0) + ' %.'),
      ...failed.map((task) => task.Name + ' failed: ' + task.LastExecutionResult.ErrorMessage),
    ].join(' '));
  }

  async function refresh() {
    clearTimeout(timer);
    let busy = false;
    try {
      const [status, tasks] = await Promise.all([ApiClient.getJSON(ApiClient.getUrl('Segue/Status')), findTasks()]);
      busy = status.Activity !== 'Idle' || tasks.some((task) => task.State !== 'Idle');
      showStatus(status);
      showTasks(tasks);
      find('segueRetry').disabled = busy;
      if (playlists && status.Ready) {
        await playlists.list(wasBusy && !busy);
      }

      if (models && status.Ready) {
        await models.refresh(wasBusy && !busy);
      }

      wasBusy = busy;

      // While an analysis runs their number changes with every look.
      if (!busy && status.Ready && status.Failures !== failuresShown) {
        showFailures(await ApiClient.getJSON(ApiClient.getUrl('Segue/Failures')), status.Failures);
        failuresShown = status.Failures;
      }
    } catch (error) {
      setMessage('segueProblem', 'The server does not answer. Trying again.');
    }

    // The page may have gone, or been shown again, while the answers were under way.
    clearTimeout(timer);
    if (shown) {
      timer = setTimeout(refresh, busy ? BUSY_MS : IDLE_MS);
    }
  }

  async function run(key) {
    try {
      const task = (await findTasks()).find((candidate) => candidate.Key === key);
      await ApiClient.ajax({ type: 'POST', url: ApiClient.getUrl('ScheduledTasks/Running/' + task.Id) });
    } catch (error) {
      Dashboard.alert('The task could not be started.');
    }

    await refresh();
  }

  async function retry() {
    try {
      await ApiClient.ajax({ type: 'POST', url: ApiClient.getUrl('Segue/Failures/Retry') });
    } catch (error) {
      Dashboard.alert('Segue is not available: nothing was changed.');
      return;
    }

    await run(TASKS.segueAnalyse);
  }

  // Settings

  function isChecklist(field) {
    return 'choices' in field.dataset && field.tagName !== 'SELECT';
  }

  function fields() {
    return view.querySelectorAll('[data-setting]');
  }

  // What can be chosen from, as the server has it now.
  const CHOICES = {
    users: () => ApiClient.getUsers(),
    films: async () => {
      const [libraries, collections] = await Promise.all([
        ApiClient.getJSON(ApiClient.getUrl('Library/VirtualFolders')),
        ApiClient.getJSON(ApiClient.getUrl('Items', { userId: ApiClient.getCurrentUserId(), includeItemTypes: 'BoxSet', recursive: true, sortBy: 'SortName' })),
      ]);
      return [
        ...libraries.filter((library) => FILM_LIBRARIES.includes(library.CollectionType || '')).map((library) => ({ Id: library.ItemId, Name: library.Name })),
        ...collections.Items.map((collection) => ({ Id: collection.Id, Name: collection.Name + ' (collection)' })),
      ];
    },
  };

  async function findChoices(field, chosen) {
    try {
      return await CHOICES[field.dataset.choices]();
    } catch (error) {
      // What was chosen must not get lost when the page is saved.
      return chosen.map((id) => ({ Id: id, Name: id }));
    }
  }

  async function showBoxes(field, chosen) {
    field.replaceChildren(...(await findChoices(field, chosen)).map((choice) => {
      const box = document.createElement('input');
      box.type = 'checkbox';
      box.value = choice.Id;
      box.checked = chosen.includes(choice.Id);
      const name = document.createElement('span');
      name.textContent = ' ' + choice.Name;
      const label = document.createElement('label');
      label.append(box, name);
      return label;
    }));
  }

  async function showOptions(field, chosen) {
    const choices = await findChoices(field, chosen ? [chosen] : []);
    field.replaceChildren(field.options[0], ...choices.map((choice) => new Option(choice.Name, choice.Id)));
    field.value = chosen || '';
  }

  async function load() {
    Dashboard.showLoadingMsg();
    try {
      const settings = await ApiClient.getPluginConfiguration(PLUGIN_ID);
      for (const field of fields()) {
        const value = settings[field.dataset.setting];
        if (isChecklist(field)) {
          await showBoxes(field, value || []);
        } else if ('choices' in field.dataset) {
          await showOptions(field, value);
        } else if (field.type === 'checkbox') {
          field.checked = value;
        } else {
          field.value = value;
          if (field.selectedIndex === -1) {
            // A name of another version: what the server takes it for.
            field.selectedIndex = 0;
          }
        }
      }
    } catch (error) {
      Dashboard.alert('The settings could not be read.');
    } finally {
      Dashboard.hideLoadingMsg();
    }
  }

  function confirmHearing() {
    return new Promise((resolve) => {
      Dashboard.confirm('With this change all music is heard again: the next analysis takes as long as the first one.', 'Hear all music again?', resolve);
    });
  }

  function read(field) {
    return isChecklist(field) ? Array.from(field.querySelectorAll('input:checked'), (box) => box.value)
      : field.type === 'checkbox' ? field.checked
        : field.type === 'number' ? Number(field.value)
          : field.value;
  }

  async function save() {
    Dashboard.showLoadingMsg();
    try {
      // What the page does not show stays as it is.
      const settings = await ApiClient.getPluginConfiguration(PLUGIN_ID);
      let hearing = false;
      for (const field of fields()) {
        const name = field.dataset.setting;
        hearing = hearing || (HEARING.includes(name) && settings[name] !== read(field));
        settings[name] = read(field);
      }

      if (hearing) {
        Dashboard.hideLoadingMsg();
        if (!await confirmHearing()) {
          return;
        }

        Dashboard.showLoadingMsg();
      }

      const result = await ApiClient.updatePluginConfiguration(PLUGIN_ID, settings);
      Dashboard.processPluginConfigurationUpdateResult(result);
    } catch (error) {
      Dashboard.hideLoadingMsg();
      Dashboard.alert('The settings could not be saved.');
    }
  }

  // The server serves each script under its name, and knows no relative paths between them.
  async function importPart(name) {
    return (await import(ApiClient.getUrl('web/ConfigurationPage', { name }))).default;
  }

  async function loadParts() {
    try {
      playlists = (await importPart(PLAYLISTS_SCRIPT))(view);
      models = (await importPart(MODELS_SCRIPT))(view, playlists.tools);
      await playlists.showKeys();
      await playlists.list(true);
      await models.refresh(true);
    } catch (error) {
      setMessage('segueProblem', 'A part of this page could not be loaded. Reload it.');
    }
  }

  view.addEventListener('viewshow', () => {
    shown = true;
    failuresShown = -1;
    load().then(() => playlists && playlists.showKeys());
    refresh();
  });
  for (const event of ['viewhide', 'viewdestroy']) {
    view.addEventListener(event, () => {
      shown = false;
      clearTimeout(timer);
    });
  }

  for (const [button, key] of Object.entries(TASKS)) {
    find(button).addEventListener('click', () => run(key));
  }

  find('segueRetry').addEventListener('click', retry);

  // What is not filled in rightly must be seen, in a part that is folded up too.
  find('segueForm').addEventListener('invalid', (event) => {
    for (let part = event.target.closest('details'); part; part = part.parentElement.closest('details')) {
      part.open = true;
    }
  }, true);

  find('segueForm').addEventListener('submit', (event) => {
    event.preventDefault();
    save();
  });

  loadParts();
}
