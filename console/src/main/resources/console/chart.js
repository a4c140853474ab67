// A live chart over event time. Chart.js is loaded when the first chart opens.

import { clock } from './i18n.js';

let loading;
function library() {
  loading ??= new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = 'vendor/chart.js/chart.umd.min.js';
    script.onload = () => done(window.Chart);
    script.onerror = () => failed(new Error('chart'));
    document.head.append(script);
  });
  return loading;
}

const MOST = 2000;
const COLOURS = ['#0b7a75', '#c2571a', '#5b5bd6', '#a3195b', '#4d7c0f', '#8a6d00'];
const COLOURS_IN_THE_DARK = ['#4fb8ae', '#f0a050', '#a5a5ff', '#f08bbd', '#a3d65c', '#e0c34a'];

/** Draws series of {t, value} by name; add() appends live samples. */
export class LiveChart {
  constructor(canvas) {
    this.canvas = canvas;
    this.chart = null;
  }

  async show(series) {
    const Chart = await library();
    this.close();
    const ink = getComputedStyle(this.canvas).getPropertyValue('--ink-2') || '#666';
    const grid = getComputedStyle(this.canvas).getPropertyValue('--line') || '#ddd';
    const colours = matchMedia('(prefers-color-scheme: dark)').matches ? COLOURS_IN_THE_DARK : COLOURS;
    this.chart = new Chart(this.canvas, {
      type: 'line',
      data: {
        datasets: [...series].map(([name, samples], i) => ({
          label: name,
          data: samples.map((s) => ({ x: s.t, y: s.value })),
          borderColor: colours[i % colours.length],
          borderWidth: 1.6,
          pointRadius: 0,
          tension: 0,
        })),
      },
      options: {
        animation: false,
        parsing: false,
        normalized: true,
        responsive: true,
        maintainAspectRatio: false,
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: {
          x: {
            type: 'linear',
            bounds: 'data',
            ticks: { color: ink, maxTicksLimit: 7, maxRotation: 0, callback: (v) => clock(v) },
            grid: { color: grid },
          },
          y: { ticks: { color: ink }, grid: { color: grid } },
        },
        plugins: {
          legend: { display: series.size > 1, labels: { color: ink, boxWidth: 12 } },
          tooltip: { callbacks: { title: (items) => items.length ? new Date(items[0].parsed.x).toLocaleString() : '' } },
        },
      },
    });
  }

  add(name, samples) {
    const set = this.chart?.data.datasets.find((d) => d.label === name);
    if (!set) return;
    for (const s of samples) {
      const last = set.data[set.data.length - 1];
      if (!last || s.t > last.x) set.data.push({ x: s.t, y: s.value });
    }
    if (set.data.length > MOST) set.data.splice(0, set.data.length - MOST);
    this.chart.update('none');
  }

  close() {
    this.chart?.destroy();
    this.chart = null;
  }
}
